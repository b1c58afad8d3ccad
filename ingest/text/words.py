"""The words of a text as they are indexed and searched for: one normaliser for both sides; pure.

Words are folded (NFKC, case, marks), stemmed by language, and separated by spaces. An identifier is
indexed by its parts and as one word without its signs: `echoViaPager`, `echo_via_pager` and "echo
via pager" share words. Scripts without spaces are indexed as pairs of characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from ingest.text.language import Language, language
from ingest.text.letters import normal_form, plain_letters

MOST_PARTS = 12
"""An identifier of more parts is not one: base64, a long path."""
LONGEST_WORD = 64
"""Characters of a word that are indexed."""
KNOWN = 1 << 15
"""Tokens of a language whose words are kept: with them a text is normalised twice as fast."""

SHORTEST_INFLECTED = 4
"""Letters of a word that may have another ending: shorter ones are "los", "aus"."""
VOWELS = "aiouy"

SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
# Characters other than letters, in ranges: \w would split the words of India at their vowel signs.
_SIGNS = (
    r"\x00-/:-@\[-^`{-~\x7f-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb-\u00bf\u0964\u0965"
    r"\u055a-\u055f\u0589\u05be\u05c0\u05c3\u060c\u061b-\u061f\u066a-\u066d\u06d4\u1361-\u1368"
    r"\u2000-\u2bff\u3000-\u3004\u3008-\u303f\ufe00-\ufe0f\ufeff\uff00-\uff0f\uff1a-\uff20"
    "\U0001f000-\U0001faff"
)
_LETTER = rf"[^{_SIGNS}{SPACELESS}]"
LETTER = rf"[^_{_SIGNS}]"
"""Matches what is not a sign, in any script."""
_EMOJI = "[\u2600-\u27bf\U0001f300-\U0001faff]"
_TOKEN = (
    rf"(?P<run>[{SPACELESS}]+)"
    rf"|(?P<word>(?:(?<![^\s\"'`(\[{{,;=|])(?:--?|\.))?{_LETTER}+(?:[-._/:@'’+&~\\,]{{1,3}}{_LETTER}+)*"
    r"(?:\+\+|\#(?!\w))?)"
    rf"|(?P<emoji>{_EMOJI})"
    r"|(?P<signs>(?<!\S)[-=!<>.:&|?*+%^~/\\]{1,3}(?!\S)|[-=!<>]=|->|=>|::|\.\.=?|&&|\|\|)"
)
_BETWEEN_NAMES = re.compile(r"[./:@+&~\\,#]+")
_HYPHENED = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_WITHIN_NAME = re.compile(r"[-_'’]+")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_MIXED = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]")
_VERSION = re.compile(r"v?(\d+(?:\.\d+)+)", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_POSSESSIVE = re.compile(r"['’]s$")


def searchable(text: str, code: str) -> str:
    """A text as the words index holds it."""
    return " ".join(words_of(text, language(code)))


def searchable_path(path: bytes | str) -> str:
    """The names of a file and its folders as the words index holds them, in any language."""
    name = path.decode("utf-8", "replace") if isinstance(path, bytes) else path
    return " ".join(words_of(name.replace("/", " / ").replace("\\", " "), language("")))


def words_of(text: str, spoken: Language) -> Iterator[str]:
    """Every word of a text in order, identifiers before their parts."""
    known = _known(spoken)
    for token in _whole_token().findall(normal_form(text)):
        yield from known(token) if len(token) <= LONGEST_WORD else _words_in(token, spoken)


@cache
def _known(spoken: Language) -> Callable[[str], tuple[str, ...]]:
    """Return a function that remembers the words of the tokens of a language."""

    @lru_cache(maxsize=KNOWN)
    def known(token: str) -> tuple[str, ...]:
        return _words_in(token, spoken)

    return known


def _words_in(token: str, spoken: Language) -> tuple[str, ...]:
    """Return the words that a token is indexed as."""
    match = _token().match(token)  # a token by itself is of the kind that it is within a text
    kind = match.lastgroup if match else ""
    if kind == "run":
        return tuple(pairs(token))
    return tuple(_forms(token, spoken)) if kind == "word" else (token,)


def tokens_of(text: str) -> Iterator[tuple[str, str]]:
    """The tokens of a text, each with what it is: run, word, emoji or signs."""
    for match in _token().finditer(normal_form(text)):
        yield match.lastgroup or "", match[0]


@cache
def _token() -> re.Pattern[str]:
    # Compiled at its first use: `ragchat ask` shows its prompt before any text is searched.
    return re.compile(_TOKEN)


@cache
def _whole_token() -> re.Pattern[str]:
    """Return the same pattern without its groups: finding tokens alone takes half the time."""
    return re.compile(re.sub(r"\?P<\w+>", "?:", _TOKEN))


def pairs(run: str) -> list[str]:
    """A run of a script without spaces: its pairs of characters, and its last one."""
    return [run[n : n + 2] for n in range(len(run))]


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier: what it is indexed as as a whole, in one or more ways, and its parts, which
    may be identifiers themselves: `te.TypeIs` is `te` and `TypeIs`, which is `Type` and `Is`.

    `is_name`: as code has them, in English whatever the text is in, and not words with a hyphen.
    """

    whole: tuple[str, ...]
    parts: tuple[str | Identifier, ...] = ()
    is_name: bool = True

    @property
    def words(self) -> tuple[str, ...]:
        """Its plain words."""
        return tuple(
            word
            for part in self.parts
            for word in (part.words if isinstance(part, Identifier) else (part,))
        )


def _forms(token: str, spoken: Language) -> Iterator[str]:
    if token.isalpha() and not _MIXED.search(token):  # most words
        yield form(token, spoken)
    else:
        yield from _of_identifier(identifier(token), spoken)


def _of_identifier(found: Identifier, spoken: Language) -> Iterator[str]:
    for name in found.whole:
        in_text = found.is_name and spoken.code
        yield whole_form(name, found.words) if in_text else _stem(name, spoken)
    for part in found.parts:
        if isinstance(part, Identifier):
            yield from _of_identifier(part, spoken)
        else:
            yield form(part, spoken)


def is_plain(token: str) -> bool:
    """Return whether a token is a word or a number, and not an identifier."""
    return token.isdigit() or (token.isalpha() and not _MIXED.search(token))


def without_possessive(token: str) -> str:
    """A token without "'s" at its end."""
    return _POSSESSIVE.sub("", token)


def _stem(name: str, spoken: Language) -> str:
    return form(name, spoken) if name.isalpha() else name


def whole_form(name: str, words: Sequence[str]) -> str:
    """The form in which an identifier is indexed as a whole. If a stemmer leaves no more of it than
    one of its words, it has no ending: `call_at` is not "call".
    """
    if not name.isalpha():
        return name
    stem = form(name, language("en"))
    return stem if len(stem) > max(map(len, words), default=0) else plain_letters(name)


def identifier(token: str) -> Identifier:
    """Read a token as an identifier."""
    token = without_possessive(token)
    version = _VERSION.fullmatch(token)
    if version:
        numbers = version[1].split(".")
        return Identifier(tuple(".".join(numbers[:n]) for n in range(len(numbers), 1, -1)))
    if _NUMBER.fullmatch(token):
        return Identifier((token.replace(",", ""),))
    bare = token.strip("-._/:@'’+&~\\,#")
    segments = [segment for segment in bare.split("/") if segment]
    if len(segments) > 1:
        return _path(segments)
    names = [_named(name) for name in _BETWEEN_NAMES.split(bare) if name]
    all_parts = [part for name in names for part in name]
    if len(all_parts) > MOST_PARTS:
        return Identifier((), tuple(part for part in all_parts if len(part) > 1))
    whole = [_joined(all_parts)] if all_parts else []
    signed = token.casefold()
    if signed != bare.casefold() and (signed[0] in "-." or signed[-1] in "+#"):
        whole.insert(0, signed)
    if len(all_parts) < 2:
        return Identifier(tuple(whole[:1] if len(whole) > 1 else ()), tuple(all_parts))
    is_name = _HYPHENED.fullmatch(bare) is None or _MIXED.search(bare) is not None
    return Identifier(tuple(whole), tuple(_parts(names)), is_name)


def _path(segments: Sequence[str]) -> Identifier:
    """A path, whose parts are names of folders and files: `click/core.py`, `HTTP/1.1`."""
    read = [identifier(segment) for segment in segments]
    words = [word for found in read for word in found.words or found.whole[:1]]
    if len(words) > MOST_PARTS:
        return Identifier((), tuple(word for word in words if len(word) > 1))
    parts: list[str | Identifier] = []
    for found in read:
        plain = (word for word in found.words if len(word) > 1 or not word.isascii())
        parts += [found] if found.whole else plain
    return Identifier((_joined(words),), tuple(parts))


def _named(name: str) -> list[str]:
    """The parts of a name: `echo_via`, `echo-via` and `echoVia` are echo and via."""
    pieces = (piece for piece in _WITHIN_NAME.split(name) if piece)
    return [part for piece in pieces for part in _split_case(piece)]


def _parts(names: Sequence[list[str]]) -> Iterator[str | Identifier]:
    """The parts of an identifier of one name or several, those of one character left out."""
    for name in names:
        telling = [part for part in name if len(part) > 1 or not part.isascii()]
        if len(names) > 1 and len(name) > 1:
            yield Identifier((_joined(name),), tuple(telling))
        else:
            yield from telling


def _joined(parts: Sequence[str]) -> str:
    return plain_letters("".join(parts).casefold())


def _split_case(piece: str) -> list[str]:
    if not piece.isascii():
        return [piece]
    if _MIXED.search(piece) or (not piece.isalpha() and not piece.isdigit()):
        return _CAMEL.findall(piece) or [piece]
    return [piece]


@lru_cache(maxsize=1 << 16)
def form(word: str, spoken: Language) -> str:
    """The form in which a plain word is indexed: its stem, without case and marks."""
    word = word.casefold()[:LONGEST_WORD]
    if spoken.code in ("en", "hi"):  # the marks of borrowed words say nothing of their endings
        word = plain_letters(word)
    if spoken.stem is not None and len(word) > 2 and not word.isdigit():
        word = spoken.stem(word)
    word = plain_letters(word)
    return _UMLAUT.sub(r"\1", word) if spoken.umlauts else word


def forms(word: str, spoken: Language) -> tuple[str, ...]:
    """The forms in which a plain word and its inflections may be indexed, its own first: there are
    endings that the stemmer leaves, and last letters that it takes for one.
    """
    own = form(word, spoken)
    found = {own: None}
    if spoken.s_after_vowels and len(word) >= SHORTEST_INFLECTED and word.isalpha():
        before, last = plain_letters(word.casefold())[-2:-1], plain_letters(word.casefold())[-1:]
        if last in VOWELS:
            found[form(f"{word}s", spoken)] = None
        elif last == "s" and before in VOWELS:
            found[form(word[:-1], spoken)] = None
    if spoken.last_letters:
        longer = own + plain_letters(word.casefold())[len(own) : len(own) + 1]
        for stem, other in ((own, own[:-1]), (longer, longer)):
            if len(stem) > SHORTEST_INFLECTED and stem.endswith(spoken.last_letters):
                found[other] = None
    return tuple(found)


_UMLAUT = re.compile(r"(?<![aeq])([aou])e(?!$)")
