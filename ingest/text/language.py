"""Which language a text is in: by its script, then by the words that hold it together; pure."""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from Stemmer import Stemmer

from ingest.text.letters import plain_letters

SAMPLE = 2_000
"""Characters of a text that are looked at."""

UNKNOWN = "en"
"""What a text is taken for that does not tell: names, numbers and code."""

_SCRIPTS = {
    "ja": "\u3040-\u30ff",
    "ko": "\uac00-\ud7af\u1100-\u11ff",
    "zh": "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    "th": "\u0e00-\u0e7f",
    "lo": "\u0e80-\u0eff",
    "km": "\u1780-\u17ff",
    "my": "\u1000-\u109f",
    "hi": "\u0900-\u097f",
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "he": "\u0590-\u05ff",
    "ar": "\u0600-\u06ff\u0750-\u077f",
    "ru": "\u0400-\u052f",
}
_WITH_THIS_SCRIPT = {"ar": ("ar", "fa"), "ru": ("ru", "uk"), "zh": ("zh", "ja")}
_LETTER = re.compile(r"[^\W\d_]")
_CODE = re.compile(r"[_(){}\[\]=<>;|`]")
SIGNS = 0.25
"""Signs of code for each word, of which prose has hardly any."""
IN_PROSE, IN_CODE = 0.1, 0.25
"""The share of words by which a language is known, stop words or with one of its letters: of 250
chunks of English code and documentation taken for another language, 20 have more; of German and
Spanish prose 1 % has less.
"""
OF_WORD, OF_LETTER = 5, 2
"""What a stop word speaks for its languages, and one of a single letter, which many languages have
and which may name a thing; chosen, not measured.
"""
_LIKELIEST = ("en", "es", "fr", "de", "pt", "it", "nl", "pl", "tr", "vi", "id", "sv", "ro", "cs")
_WORD = re.compile(r"[^\W\d_]+")
# `re` does not take the vowel signs of Hindi for letters.
_WORD_OR_FIGURE = re.compile(r"[\w\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963]+")


@dataclass(frozen=True, slots=True)
class Language:
    """What the words index knows of a language.

    Its file in `ingest.text.languages` names the `stemmer` of Snowball, without which words stay as
    they are; the list of the package stop-words (`stop_words`), its own (`words`) and the words
    that ask (`asking`), which are stop words, too; what of the package's list, or of it without
    accents, may be a subject (`telling`: "mot de passe"); whether ae, oe and ue are other spellings
    of ä, ö and ü (`umlauts`), whether nouns are written like names (`capitalised_nouns`), and
    whether an s may follow a vowel where the stemmer leaves it (`s_after_vowels`: "Annas").
    `last_letters` end stems of which it takes the last letter for an ending, in some forms.
    `linking` are the letters between the parts of compounds, None where words are written apart.
    `letters` are letters that hardly another language has, `verbs` common ones: it is `known_by`
    these and its stop words. `acknowledging` words say nothing by
    themselves: "ok", "thanks".
    """

    code: str
    stem: Callable[[str], str] | None
    stop_words: frozenset[str]
    telling: frozenset[str] = frozenset()
    umlauts: bool = False
    capitalised_nouns: bool = False
    acknowledging: frozenset[str] = frozenset()
    name: str = ""
    linking: tuple[str, ...] | None = None
    letters: frozenset[str] = frozenset()
    asking: frozenset[str] = frozenset()
    known_by: frozenset[str] = frozenset()
    s_after_vowels: bool = False
    last_letters: tuple[str, ...] = ()

    def is_stop_word(self, word: str) -> bool:
        """Return whether a word only holds a sentence together, or asks."""
        word = word.casefold()
        return word in self.stop_words or word in self.unmarked

    @property
    def unmarked(self) -> frozenset[str]:
        """Its stop words as they are typed without their accents."""
        return _unmarked(self)

    @property
    def small_words(self) -> re.Pattern[str]:
        """Finds the stop words in a text without spaces, the longest first."""
        return _small_words(self.stop_words)


@cache
def language(code: str) -> Language:
    """A language by its ISO 639-1 code; without a file of data it has no rules."""
    file = files("ingest.text.languages") / f"{code}.toml"
    if not file.is_file():
        return Language(code, None, frozenset(), name=code)
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    words = frozenset(f"{data.get('words', '')} {data.get('asking', '')}".split())
    telling = frozenset(data.get("telling", "").split())
    if "stop_words" in data:
        from stop_words import get_stop_words

        words |= {word.casefold() for word in get_stop_words(data["stop_words"])} - telling
    stem: Callable[[str], str] | None = None
    if "stemmer" in data:
        # Without its cache, which is not made for threads; what was stemmed is kept in `words`.
        stem = Stemmer(data["stemmer"], 0).stemWord
    acknowledging = frozenset(data.get("acknowledging", "").split())
    linking = tuple(data["linking"].split()) if "linking" in data else None
    return Language(
        code,
        stem,
        words,
        telling,
        umlauts=bool(data.get("umlauts")),
        capitalised_nouns=bool(data.get("capitalised_nouns")),
        acknowledging=acknowledging,
        name=data["name"],
        linking=linking,
        letters=frozenset(data.get("letters", "").split()),
        asking=frozenset(data.get("asking", "").split()),
        known_by=words | set(data.get("verbs", "").split()),
        s_after_vowels=bool(data.get("s_after_vowels")),
        last_letters=tuple(data.get("last_letters", "").split()),
    )


@cache
def _unmarked(spoken: Language) -> frozenset[str]:
    if spoken.umlauts:  # who cannot type ü types ue, and not u
        return frozenset()
    plain = frozenset(map(plain_letters, spoken.stop_words))
    return plain - spoken.stop_words - spoken.telling


@cache
def _small_words(words: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first)) or "(?!)")


@cache
def codes() -> tuple[str, ...]:
    """The languages that there is a file for."""
    names = (file.name for file in files("ingest.text.languages").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def script_of(text: str) -> str | None:
    """The commonest language of the script that most letters of a text are in; None for Latin."""
    sample = text[:SAMPLE]
    if sample.isascii() or not _other_script().search(sample):
        return None
    counts = Counter(
        {code: len(pattern.findall(sample)) for code, pattern in _patterns_of_scripts().items()}
    )
    if counts["ja"] and counts["ja"] * 20 >= counts["zh"]:
        return "ja" if 3 * (counts["ja"] + counts["zh"]) >= len(_LETTER.findall(sample)) else None
    code, found = counts.most_common(1)[0]
    # A word of Chinese says as much as a few of Latin letters.
    weight = 3 if code in ("zh", "ko", "th") else 2
    return code if found * weight >= len(_LETTER.findall(sample)) else None


# Compiled at their first use: most texts are in Latin letters.
@cache
def _other_script() -> re.Pattern[str]:
    return re.compile(f"[{''.join(_SCRIPTS.values())}]")


@cache
def _patterns_of_scripts() -> dict[str, re.Pattern[str]]:
    return {code: re.compile(f"[{ranges}]") for code, ranges in _SCRIPTS.items()}


def language_of(text: str, among: Collection[str] | None = None) -> str | None:
    """The language of a text, `among` these if given; None where it does not tell."""
    script = script_of(text)
    candidates = (script, *_WITH_THIS_SCRIPT.get(script, ())) if script else _latin()
    if script and script not in _WITH_THIS_SCRIPT:
        return script
    if script in ("zh", "ja"):
        return script
    if among is not None:
        candidates = tuple(code for code in candidates if code in among)
    votes = _votes(text[:SAMPLE], candidates)
    most = max(votes.values(), default=0)
    if most < OF_WORD:
        return script
    return max((code for code in candidates if votes[code] == most), key=_likelihood)


def may_be_in(text: str, code: str) -> bool:
    """Return whether a text in Latin letters speaks as much for this language as for the likeliest:
    "Quando chiude?" may be Portuguese.
    """
    likeliest = language_of(text)
    if likeliest is None or not {likeliest, code} <= set(_latin()):
        return likeliest in (None, code)
    votes = _votes(text[:SAMPLE], (likeliest, code))
    return votes[code] >= votes[likeliest]


def _votes(text: str, candidates: tuple[str, ...]) -> Mapping[str, int]:
    """Return how much the words and letters of a text speak for each language."""
    said = Counter(_WORD.findall(text.casefold()))
    votes: dict[str, int] = defaultdict(int)
    spoken_in = _languages_by_word(candidates)
    for word, times in said.items():
        for code in spoken_in.get(word, ()):
            votes[code] += times * (OF_WORD if len(word) > 1 else OF_LETTER)
    if not text.isascii():
        letters, pattern = _languages_by_letter(candidates)
        for letter in set(pattern.findall(text.lower())):
            for code in letters[letter]:
                votes[code] += OF_WORD
    return votes


def _likelihood(code: str) -> int:
    """Of languages that a text speaks for alike, the one that more people ask in is likelier."""
    return -_LIKELIEST.index(code) if code in _LIKELIEST else -len(_LIKELIEST)


def indexed_language(text: str) -> str:
    """The language that a chunk is indexed in; in code, a few short names make no language."""
    code = language_of(text) or UNKNOWN
    if code == UNKNOWN or code not in _latin():
        return code
    words = [word.casefold() for word in _WORD.findall(text[:SAMPLE]) if len(word) > 1]
    needed = IN_CODE if len(_CODE.findall(text[:SAMPLE])) > SIGNS * len(words) else IN_PROSE
    spoken = language(code)
    held = sum(word in spoken.stop_words or not spoken.letters.isdisjoint(word) for word in words)
    return code if held >= needed * len(words) else UNKNOWN


def telling_words(text: str, code: str | None = None) -> list[str]:
    """The words of a text in order, each once, in small letters, less its stop words."""
    spoken = language(code or language_of(text) or UNKNOWN)
    return [word for word in dict.fromkeys(words_apart(text)) if not spoken.is_stop_word(word)]


def words_apart(text: str) -> list[str]:
    """The words and figures of a text that are written apart, in order and in small letters."""
    return _WORD_OR_FIGURE.findall(text.casefold())


@lru_cache(maxsize=64)
def _languages_by_word(codes: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
    """Return which of the languages a word speaks for."""
    languages: dict[str, list[str]] = {}
    for code in dict.fromkeys(codes):
        for word in language(code).known_by:
            languages.setdefault(word, []).append(code)
    return languages


@lru_cache(maxsize=64)
def _languages_by_letter(codes: tuple[str, ...]) -> tuple[dict[str, list[str]], re.Pattern[str]]:
    """Return which of the languages have a letter that hardly another has, and what finds these."""
    languages: dict[str, list[str]] = {}
    for code in dict.fromkeys(codes):
        for letter in language(code).letters:
            languages.setdefault(letter, []).append(code)
    return languages, re.compile(f"[{''.join(languages)}]" if languages else "(?!)")


SHORT = 80
"""Characters of what may say nothing."""


def says_nothing(text: str) -> bool:
    """Return whether a text is "ok", "Thanks, that worked." or the like, in any language."""
    if len(text) > SHORT or any(sign.isdigit() for sign in text):
        return False
    words = set(_WORD.findall(text.casefold()))
    return bool(words) and any(
        words & language(code).acknowledging
        and words <= language(code).acknowledging | language(code).stop_words
        for code in codes()
    )


@cache
def _latin() -> tuple[str, ...]:
    return tuple(code for code in codes() if code not in _SCRIPTS and code not in ("fa", "uk"))
