"""What the office formats share: parts of a zip that name each other by relationships.

ECMA-376, part 2 (Open Packaging Conventions).
"""

from __future__ import annotations

import posixpath

from ingest.errors import ReadError
from ingest.readers.archive import Archive, Members
from ingest.readers.xml import events

CORE = "docProps/core.xml"


def related(archive: Members, part: str) -> dict[str, tuple[str, str]]:
    """The parts that a part names: id to the last word of the relation's type, and the part.

    The package itself is the part "".
    """
    folder, name = posixpath.split(part)
    found = {}
    for event in events(archive.read(posixpath.join(folder, "_rels", f"{name}.rels"))):
        of = event.attributes
        if event[:2] == ("open", "Relationship") and of.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, of.get("Target", "")))
            kind = of.get("Type", "").rpartition("/")[2]
            found[of.get("Id", "")] = (kind, target.lstrip("/"))
    return found


def links(archive: Members, part: str) -> dict[str, str]:
    """The addresses outside of the package that a part names, by their ids."""
    folder, name = posixpath.split(part)
    return {
        event.attributes.get("Id", ""): event.attributes.get("Target", "")
        for event in events(archive.read(posixpath.join(folder, "_rels", f"{name}.rels")))
        if event[:2] == ("open", "Relationship") and event.attributes.get("TargetMode")
    }


def main_part(archive: Archive) -> str:
    """The part that a package is about. ReadError if it has none."""
    for kind, part in related(archive, "").values():
        if kind == "officeDocument" and part in archive:
            return part
    raise ReadError("damaged: open it in its program and save it again")


def part_of_kind(archive: Archive, part: str, kind: str) -> str:
    """The part of a kind that a part names; "" for none."""
    return next((name for its, name in related(archive, part).values() if its == kind), "")


def title(archive: Archive) -> str:
    """The title in the properties of a package; "" for none."""
    inside = False
    words: list[str] = []
    for event in events(archive.read(CORE)):
        if event.name == "title" and event.kind != "text":
            inside = event.kind == "open"
        elif inside and event.kind == "text":
            words.append(event.name)
    return " ".join("".join(words).split())


def is_on(value: str) -> bool:
    """Whether a switch, which may have no value, is on: ECMA-376, part 1, 22.9.2.7."""
    return value not in {"0", "false", "off"}
