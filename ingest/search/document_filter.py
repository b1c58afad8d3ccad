"""Which documents are looked into: by their path, their format, their date; as SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.records.fulltext import Where


TYPES: Mapping[str, tuple[str, ...]] = {
    "md": ("markdown",),
    "txt": ("text",),
    "text": ("text", "markdown", "rst", "org", "asciidoc"),
    "word": ("docx", "doc", "odt"),
    "excel": ("xlsx", "xls", "ods"),
    "slides": ("pptx", "ppt", "odp"),
    "mail": ("mail", "msg"),
    "notebook": ("ipynb",),
    "code": ("code", "ipynb"),
}
"""The formats that a type means, where it is not the name of one."""


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Documents whose path matches one of `globs`, whose format or suffix is one of `types`, and
    whose file was last changed from `since` on and before `until` (seconds since the epoch).

    In a glob `*` and `**` match anything, folders too. A glob that does not begin at the root
    matches from any folder on, and a folder's name everything in it.
    """

    globs: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    since: float | None = None
    until: float | None = None

    def __bool__(self) -> bool:
        return bool(self.globs or self.types or self.since is not None or self.until is not None)

    def __str__(self) -> str:
        return ", ".join((*self.globs, *self.types))

    def sql(self) -> Where:
        """A condition on rows of `chunks c`, beginning with " AND ", and its values."""
        if not self:
            return "", ()
        conditions: list[str] = []
        values: list[object] = []
        if self.globs:
            patterns = [pattern for glob in self.globs for pattern in _patterns(glob)]
            conditions.append(" OR ".join("CAST(s.path AS TEXT) GLOB ?" for _ in patterns))
            values += patterns
        if self.types:
            formats = [form for name in self.types for form in TYPES.get(name.lower(), (name,))]
            marks = ", ".join("?" for _ in formats)
            suffixes = " OR ".join("lower(CAST(s.path AS TEXT)) GLOB ?" for _ in self.types)
            conditions.append(f"d.format IN ({marks}) OR {suffixes}")
            values += [form.lower() for form in formats]
            values += [f"*.{_literal(name.lower().lstrip('.'))}" for name in self.types]
        for sign, value in ((">=", self.since), ("<", self.until)):
            if value is not None:
                conditions.append(f"s.mtime_ns {sign} ?")
                values.append(int(value * 1e9))
        every = " AND ".join(f"({condition})" for condition in conditions)
        clause = (
            " AND c.document_id IN (SELECT s.document_id FROM sources s"
            " JOIN documents d ON d.id = s.document_id"
            f" WHERE s.collection_id = c.collection_id AND {every})"
        )
        return clause, tuple(values)


ALL_DOCUMENTS = DocumentFilter()


def _patterns(glob: str) -> list[str]:
    """Return a glob as patterns for SQLite, whose `*` matches slashes: the file, or all below."""
    plain = glob.strip().removeprefix("./").rstrip("/").replace("**/", "*").replace("**", "*")
    anchored = plain if plain.startswith(("/", "*")) else f"*/{plain}"
    return [anchored, f"{anchored}/*"]


def _literal(text: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in text)
