"""The prompts of Google AI Studio, as it keeps them in Google Drive: a list of chunks.

https://ai.google.dev/gemini-api/docs/ai-studio-quickstart
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.transcripts.answer_pieces import AnswerPieces
from ingest.transcripts.fields import attached, line, record, records, text
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The chat of a file, which is called by its title."""
    for prompt in filter(_recognises, map(record, values)):
        title = reading.name.rpartition("/")[2].removesuffix(".json")
        draft = Draft("gemini-studio", key_of(reading), reading, title, assistant="Gemini")
        model = line(record(prompt.get("runSettings")).get("model")).removeprefix("models/")
        answer = AnswerPieces()
        for chunk in records(record(prompt.get("chunkedPrompt")).get("chunks")):
            words, time = text(chunk.get("text")), instant(chunk.get("createTime"))
            if chunk.get("role") == "user":
                answer.finish(draft)
                draft.say("user", words or attached(_files(chunk)), "", time)
            elif chunk.get("isThought") is not True:
                answer.add(words, "", time, model)
        answer.finish(draft)
        yield draft.finished()


def _files(chunk: dict[str, object]) -> list[str]:
    """What kinds of files were given in place of words."""
    return [kind.removeprefix("drive").lower() for kind in chunk if kind.startswith("drive")]


def _recognises(prompt: dict[str, object]) -> bool:
    chunks = records(record(prompt.get("chunkedPrompt")).get("chunks"))
    return any(chunk.get("role") in ("user", "model") for chunk in chunks)


FORMAT = TranscriptFormat("gemini-studio", "Google AI Studio", any_object(_recognises), _read)
