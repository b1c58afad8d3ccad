"""Questions about the one who asks: "what is my nephew called?"; pure.

What answers them was told by that person, in words of its own and often in one clause among others:
it shares hardly a word with the question and is hardly nearer than anything else that was said. So
less is asked of memory for such a question, and more of what was told is read.
"""

from __future__ import annotations

import re

LONG = 40
"""With more words than this it is a task that is described, not a question about oneself."""

_ONESELF = re.compile(
    # English, German, French, Spanish
    r"\bI\b|\b(?:am|are|did|do|had|have|was|were) (?:i|we)\b"
    r"|(?i:\b(?:my|mine|myself|our|ours|ourselves|we|me)\b)|\bus\b"
    r"|(?i:\b(?:ich|mich|mir|mein(?:e[mnrs]?)?|wir|uns|unser(?:e[mnrs]?)?)\b)"
    r"|(?i:\b(?:je|moi|mon|ma|mes|nous|notre|nos)\b|\b[jm]['’])"
    r"|(?i:\b(?:yo|mi|mis|mí|conmigo|nosotr[oa]s|nuestr[oa]s?)\b)"
)
# Advice and favours: in "how do I sort a list?" and "tell me why" nobody asks about themselves.
_FAVOUR = re.compile(
    r"\b(?:can|could|may|might|must|shall|should|would|will|how (?:do|to)) (?:i|we)\b"
    r"|^\W*do (?:i|we) (?:need|have) to\b"
    r"|\b(?:you|please|tell|give|show|help|teach|explain|remind|write|let|for)\b[^.?!]{0,30}?"
    r"\b(?:me|us)\b"
    r"|\b(?:kann|könnte[n]?|können|soll|sollte[n]?|sollen|muss|müssen|darf|dürfen|würde[n]?)"
    r" (?:ich|wir)\b|\bwie \w+ (?:ich|wir|man)\b"
    r"|\b(?:sag|zeig|gib|hilf|erklär|schreib)\w*\b[^.?!]{0,30}?\b(?:mir|uns)\b"
    r"|\b(?:puis|dois|devrais|pourrais|peux)[ -]je\b|\bje (?:peux|dois|devrais|pourrais)\b"
    r"|\b(?:dis|montre|donne|explique|aide)[sz]?[ -](?:moi|nous)\b|\bm['’]\w+(?:er|ir|re)\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"[?？؟]|^\W*(?:what|who|whom|whose|which|when|where|why|how|did|do|does|have|has|had|is|are|was"
    r"|were|remind|wer|was|wie|wo|wann|welche[mnrs]?|qui|que|quoi|quel(?:le)?s?|où|quand|comment"
    r"|quién|qué|cuál|cuándo|dónde|cómo)\b",
    re.IGNORECASE,
)


def asks_about_user(text: str) -> bool:
    """Whether a text is a short question about the person who asks it."""
    return (
        len(text.split()) <= LONG
        and _QUESTION.search(text) is not None
        and _ONESELF.search(_FAVOUR.sub(" ", text)) is not None
    )
