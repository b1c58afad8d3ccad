"""Fields of forms in a Word document, which keep their values in properties: boxes and lists.

ECMA-376, part 1, 17.16.4 to 17.16.17 (form field properties).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.readers.opc import is_on

_KINDS = frozenset(("checkBox", "ddList"))


@dataclass(slots=True)
class Fields:
    """Takes in the tags of form fields."""

    _kind: str = ""
    _values: dict[str, str] = field(default_factory=dict)
    _entries: list[str] = field(default_factory=list)

    def start(self, tag: str, of: Mapping[str, str]) -> bool:
        """Take in a tag that opens; False if it is not of a field."""
        if tag in _KINDS:
            self._kind, self._values, self._entries = tag, {}, []
        elif self._kind and tag == "listEntry":
            self._entries.append(of.get("val", ""))
        elif self._kind and tag in ("default", "checked", "result"):
            self._values[tag] = of.get("val", "1")
        else:
            return False
        return True

    def end(self, tag: str) -> str:
        """Take in a tag that closes; return what the field shows once it is complete."""
        if tag != self._kind:
            return ""
        self._kind = ""
        values = self._values
        if tag == "checkBox":
            return " [x] " if is_on(values.get("checked", values.get("default", "0"))) else " [ ] "
        chosen = values.get("result", values.get("default", "0"))
        known = chosen.isdecimal() and int(chosen[:4]) < len(self._entries)
        return self._entries[int(chosen[:4])] if known else ""
