"""What an export of Claude.ai holds beside conversations: documents of projects, and memories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ingest.transcripts.fields import joined, line, record, records, text


def is_notes(first: Sequence[object]) -> bool:
    """Return whether these are the first values of such a part."""
    return any(_is_project(record(value)) or _is_memory(record(value)) for value in first)


def notes_of(values: Iterable[object]) -> str:
    """The part as Markdown, a heading for each project and each of its documents."""
    return joined(piece for value in values for piece in _pieces(record(value)))


def _pieces(value: dict[str, object]) -> Iterator[str]:
    if _is_project(value):
        title = line(value.get("name")) or "untitled"
        yield f"# Claude.ai project: {title}\n\n{text(value.get('description'))}"
        if instructions := text(value.get("prompt_template")).strip():
            yield f"## Instructions of the project {title}\n\n{instructions}"
        for document in records(value.get("docs")):
            yield f"## {line(document.get('filename'))}\n\n{text(document.get('content'))}"
    elif _is_memory(value):
        if memory := text(value.get("conversations_memory")).strip():
            yield f"# What Claude.ai remembers\n\n{memory}"
        for file in records(value.get("memory_files")):
            yield f"# What Claude.ai remembers\n\n{text(file.get('content'))}"
        for memory in map(text, record(value.get("project_memories")).values()):
            if memory.strip():
                yield f"# What Claude.ai remembers of a project\n\n{memory}"


def _is_project(value: dict[str, object]) -> bool:
    return isinstance(value.get("docs"), list) and "prompt_template" in value


def _is_memory(value: dict[str, object]) -> bool:
    return "conversations_memory" in value or "project_memories" in value
