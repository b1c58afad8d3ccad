"""What the user has to know where a library or a question is in a language that the model does not
know well; pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ingest.text.language import language

KNOWN = 0.5
"""The belief from which on a model knows a language: the packaged one is believed 1 in English, 0.3
to 0.6 in languages of western Europe, 0.2 and less in others."""

SUBSTANTIAL = 0.2
"""The share of a library in other languages from which they are named to a question that found
nothing, though some of the library is in its own: less is a few stray texts."""
NAMED, MOST_NAMED = 0.1, 3
"""The share of the chunks in other languages from which a language is named, and how many are."""

COMMAND = "ragchat rebuild --model intfloat/multilingual-e5-small --download"


def library_notice(languages: Mapping[str, int], belief: Callable[[str], float]) -> str | None:
    """Return the notice on a library, by how many chunks it has in each language; None if the model
    knows most of it.
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
    """Return the notice on a question that found nothing: a good part of the documents is in other
    languages than the question, and the model cannot bridge that. `languages` counts chunks, "" are
    those that do not tell.
    """
    if asked is None:
        return None
    others = {
        code: n
        for code, n in languages.items()
        if code not in ("", asked) and min(belief(asked), belief(code)) < 1
    }
    chunks, foreign = sum(languages.values()), sum(others.values())
    if not others or (asked in languages and foreign < SUBSTANTIAL * chunks):
        return None
    named = sorted(others, key=lambda code: -others[code])[:MOST_NAMED]
    named = [code for code in named if others[code] >= NAMED * foreign] or named[:1]
    most = 2 * sum(others[code] for code in named) > chunks
    part = "" if asked not in languages else "most of " if most else "part of "
    hardly = f", which this model hardly compares with {_name(asked)}" if part else ""
    names = [_name(code) for code in named]
    return (
        f"the question is in {_name(asked)} and {part}your library in {_joined(names, 'and')}"
        f"{hardly}: ask in {_joined(names, 'or')}{', too' if part else ''}, or use a multilingual"
        f" model (`{COMMAND}`)"
    )


def _joined(names: Sequence[str], word: str) -> str:
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last


def _name(code: str) -> str:
    return language(code).name
