"""What the user has to know where a library or a question is in a language that the model does not
know well; pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ingest.text.language import language

KNOWN = 0.5
"""The belief from which on a model knows a language: the packaged one is believed 1 in English, 0.3
to 0.6 in languages of western Europe, 0.2 and less in others."""

COMMAND = "ragchat rebuild --model intfloat/multilingual-e5-small --download"


def library_notice(languages: Mapping[str, int], belief: Callable[[str], float]) -> str | None:
    """What to say of a library, by how many chunks it has in each language; None if the model knows
    most of it.
    """
    foreign = {code: n for code, n in languages.items() if code and belief(code) < KNOWN}
    if 2 * sum(foreign.values()) <= sum(languages.values()):
        return None
    most = max(foreign, key=lambda code: foreign[code])
    return (
        f"most of this library is {_name(most)}, which the embedding model hardly knows: it is"
        f" searched by its words alone; `{COMMAND}` searches it by meaning, too"
    )


def question_notice(
    asked: str | None, languages: Mapping[str, int], belief: Callable[[str], float]
) -> str | None:
    """What to say of a question that found nothing: it is not in the language of the documents, and
    the model cannot bridge that.
    """
    if asked is None or not languages or asked in languages:
        return None
    most = max(languages, key=lambda code: languages[code])
    if min(belief(asked), belief(most)) >= 1:
        return None
    return (
        f"the question is in {_name(asked)} and your library in {_name(most)}: ask in"
        f" {_name(most)}, or use a multilingual model (`{COMMAND}`)"
    )


def _name(code: str) -> str:
    return language(code).name
