"""Find the files to read under some paths, and report those left out, with reasons.

Links are never followed: their targets are either found under their own names, or are outside of
the given paths. Only `.gitignore` files are opened here, and the beginnings of files of unknown
formats and of archives, which may be exports of past conversations.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from ingest.errors import ReadError, SkipKind
from ingest.intake.gitignore import IgnoreRules, rules_above, rules_in
from ingest.intake.kinds import Reason, is_keynote, keynote, machine_made, unreadable
from ingest.intake.names import SECRET, folder_reason, looks_secret, name_reason
from ingest.intake.report import Skipped
from ingest.intake.selection import Selection
from ingest.readers import format_of
from ingest.text.cleaning import masked
from ingest.transcripts import may_hold_conversations, recognise
from ingest.transcripts.tools import belongs_to_session, is_memory_file, takes_of_tool

MAX_BYTES = 50 * 1024 * 1024
"""Bytes; a larger file is a dump or a disk image, not a text that was written by hand."""

_NAMED = ("its name contains a secret: rename it", SkipKind.SECRET)
_UNKNOWN = ("not a format that can be read", SkipKind.UNKNOWN_FORMAT)
_EXCLUDED = ("excluded", SkipKind.EXCLUDED)
_NOT_INCLUDED = ("not among --include", SkipKind.EXCLUDED)
_TOO_LARGE = (f"larger than {MAX_BYTES // 1024 // 1024} MB", SkipKind.TOO_LARGE)
MOST_LEVELS = 200
"""Folders within folders: a path that is deeper holds no documents, and each level costs time."""
_TOO_DEEP = (f"more than {MOST_LEVELS} folders deep", SkipKind.TOO_LARGE)
_SPECIAL = ("not a regular file", SkipKind.UNREADABLE)
_SESSION = ("what tools did in a session of Claude Code", SkipKind.OTHER)
_IGNORED = ("ignored by .gitignore", SkipKind.IGNORED)


class Wanted(Enum):
    """What is wanted of a file; where it holds something else, the report says so."""

    DOCUMENT = "document"
    EITHER = "either"
    CONVERSATIONS = "conversations"


@dataclass(frozen=True, slots=True)
class Found:
    """A file to be read. `path` is resolved; `root` is the PATH, resolved, that it was found by.
    `content` are the bytes of a document that is not a file.
    """

    path: Path
    size: int
    mtime_ns: int
    root: Path
    wanted: Wanted = Wanted.DOCUMENT
    content: bytes | None = None

    @property
    def named(self) -> bool:
        """Whether it was named itself."""
        return self.path == self.root


_EVERYTHING = Selection()


@dataclass(frozen=True, slots=True)
class _Folder:
    path: str
    rules: tuple[IgnoreRules, ...]
    level: int


@dataclass(frozen=True, slots=True)
class _Search:
    """What to look for under a folder: only files that `takes` takes, which hold conversations, or
    (None) all files.
    """

    root: Path
    selection: Selection
    takes: Callable[[Path], bool] | None = None


def find(
    paths: Sequence[Path], selection: Selection = _EVERYTHING, *, conversations: bool = False
) -> Iterator[Found | Skipped]:
    """Return every file under the paths, sorted within its folder, each file once.

    A file that is named itself is taken even when it is hidden, ignored or of an unknown format;
    one that looks like a secret never is. With `conversations`, and in a folder where a tool keeps
    its conversations, only files that may hold some are found. ReadError if a path is missing or
    cannot be read.
    """
    roots = [_resolved(path) for path in paths]
    return _find(roots, selection, conversations=conversations)


def _find(
    roots: Sequence[Path], selection: Selection, *, conversations: bool
) -> Iterator[Found | Skipped]:
    seen: set[Path] = set()
    for root in roots:
        for item in _under(root, selection, conversations=conversations):
            if item.path not in seen:
                seen.add(item.path)
                yield item


def _resolved(path: Path) -> Path:
    try:
        resolved = path.resolve(strict=True)
        if resolved.is_dir():
            os.scandir(resolved).close()
        elif not os.access(resolved, os.R_OK):
            raise ReadError(f"cannot read {path}: check its permissions")
    except FileNotFoundError as error:
        raise ReadError(f"{path} does not exist: check the path") from error
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: a loop, before Python 3.13
        reason = getattr(error, "strerror", None) or error
        raise ReadError(f"cannot read {path} ({reason}): check the path") from error
    return resolved


def _under(root: Path, selection: Selection, *, conversations: bool) -> Iterator[Found | Skipped]:
    if reason := folder_reason(root):
        yield Skipped(root, *reason)
    elif looks_secret(root.name) and not is_keynote(root):
        yield Skipped(root, *(keynote(root) or SECRET))
    elif (shown := masked(str(root))) != str(root):
        yield Skipped(Path(shown), *_NAMED)
    elif root.is_dir():
        takes = takes_of_tool(root)
        if conversations or takes:
            found = _walk(_Search(root, selection, takes or may_hold_conversations))
            yield from (item for item in found if isinstance(item, Found))
        else:
            yield from _walk(_Search(root, selection))
    elif reason := _named_reason(root):
        yield Skipped(root, *reason)
    else:
        item = _weighed(root, root.stat(), root)
        wanted = Wanted.CONVERSATIONS if conversations else Wanted.EITHER
        yield replace(item, wanted=wanted) if isinstance(item, Found) else item


def _walk(search: _Search) -> Iterator[Found | Skipped]:
    root = search.root
    pending: list[tuple[os.DirEntry[str], _Folder]] = []

    def open_folder(path: str, rules: tuple[IgnoreRules, ...], level: int) -> None:
        entries = _entries(path)
        folder = _Folder(path, rules + rules_in(path, entries), level)
        pending.extend((entry, folder) for entry in reversed(entries))

    open_folder(str(root), rules_above(root), 0)
    while pending:
        entry, folder = pending.pop()
        try:
            item = _judged(entry, folder, search)
            if item is None:
                open_folder(entry.path, folder.rules, folder.level + 1)
                continue
        except OSError as error:
            reason = f"cannot be read ({error.strerror})"
            item = Skipped(Path(entry.path), reason, SkipKind.UNREADABLE)
        yield item


def _entries(path: str) -> list[os.DirEntry[str]]:
    with os.scandir(path) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _judged(entry: os.DirEntry[str], folder: _Folder, search: _Search) -> Found | Skipped | None:
    """Return what becomes of an entry; None for a folder that is to be opened."""
    path, root = Path(entry.path), search.root
    if (shown := masked(entry.name)) != entry.name:
        return Skipped(path.with_name(shown), *_NAMED)
    if entry.is_symlink():
        return Skipped(path, _link_reason(path, root), SkipKind.LINK)
    is_folder = entry.is_dir(follow_symlinks=False)
    is_wanted = not is_folder and search.selection.includes(path, search.root)
    reason = _reason(entry, path, search, folder, is_folder=is_folder, is_wanted=is_wanted)
    if reason:
        return Skipped(path, *reason)
    if is_folder:
        if folder.level >= MOST_LEVELS:
            return Skipped(path, *_TOO_DEEP)
        in_session = not search.takes and belongs_to_session(path)
        return Skipped(path, *_SESSION) if in_session else None
    if search.takes:
        return _taken(path, entry, search)
    if entry.is_file(follow_symlinks=False) and (reason := _kind_reason(path, is_wanted)):
        return Skipped(path, *reason)
    return _weighed(path, entry.stat(follow_symlinks=False), root)


def _reason(
    entry: os.DirEntry[str],
    path: Path,
    search: _Search,
    folder: _Folder,
    *,
    is_folder: bool,
    is_wanted: bool,
) -> Reason | None:
    """Return why an entry is left out, by its name and by what the user asked for."""
    selection = search.selection
    reason = name_reason(entry.name, is_folder, hidden=selection.hidden or is_wanted)
    if reason == SECRET and path.suffix.lower() == ".key":
        reason = keynote(path) or (None if is_keynote(path) else reason)
    if reason is None and selection.excludes(path, search.root, is_folder=is_folder):
        reason = _NOT_INCLUDED if selection.include else _EXCLUDED
    if reason is None and not is_wanted:
        reason = _ignored_reason(entry.path, is_folder, folder)
    return reason


def _taken(path: Path, entry: os.DirEntry[str], search: _Search) -> Found | Skipped:
    """A file of a folder of which only conversations are wanted, and notes of the tool's own."""
    if search.takes is None or not search.takes(path):
        return Skipped(path, *_UNKNOWN)
    item = _weighed(path, entry.stat(follow_symlinks=False), search.root)
    if isinstance(item, Skipped):
        return item
    return replace(item, wanted=Wanted.EITHER if is_memory_file(path) else Wanted.CONVERSATIONS)


def _kind_reason(path: Path, is_wanted: bool) -> Reason | None:
    if not is_wanted and (reason := machine_made(path.name)):
        return reason
    unknown = format_of(path) is None and recognise(path) is None
    return unreadable(path) if unknown else None


def _named_reason(path: Path) -> Reason | None:
    """Return why a file that was named is left out: only where no text is to be had of it."""
    unknown = format_of(path) is None and path.is_file() and recognise(path) is None
    return unreadable(path) if unknown else None


def _weighed(path: Path, status: os.stat_result, root: Path) -> Found | Skipped:
    if not stat.S_ISREG(status.st_mode):
        return Skipped(path, *_SPECIAL)
    if status.st_size > MAX_BYTES and recognise(path) is None:
        return Skipped(path, *_TOO_LARGE)
    return Found(path, status.st_size, status.st_mtime_ns, root)


def _ignored_reason(path: str, is_folder: bool, folder: _Folder) -> Reason | None:
    """The innermost `.gitignore` that speaks of a path decides: https://git-scm.com/docs/gitignore"""
    for rules in reversed(folder.rules):
        ignored = rules.ignore(path, is_folder)
        if ignored is not None:
            return _IGNORED if ignored else None
    return None


def _link_reason(path: Path, root: Path) -> str:
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return "a link that leads nowhere"
    if target.is_relative_to(root):
        return "a link; what it leads to is found under its own name"
    return "a link that leads out of the folder"
