from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from office import docx, paragraph, xlsx
from planted import PLANTED

from ingest.errors import ReadError, SkipKind, SkippedFile
from ingest.intake.discovery import MAX_BYTES, MOST_LEVELS, Found, find
from ingest.intake.report import Skipped
from ingest.intake.selection import Selection
from ingest.readers import read


def write(root: Path, *names: str, text: str = "text") -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def found(root: Path, paths: Iterable[Path] | None = None) -> list[str]:
    items = find(list(paths) if paths else [root])
    return [item.path.relative_to(root).as_posix() for item in items if isinstance(item, Found)]


def skipped(root: Path, paths: Iterable[Path] | None = None) -> dict[str, str]:
    items = find(list(paths) if paths else [root])
    return {
        item.path.relative_to(root).as_posix(): item.reason
        for item in items
        if isinstance(item, Skipped)
    }


def test_files_come_sorted_folder_by_folder(tmp_path: Path) -> None:
    write(tmp_path, "b.md", "a/z.txt", "a/b/c.py", "c.rst")
    assert found(tmp_path) == ["a/b/c.py", "a/z.txt", "b.md", "c.rst"]


def test_a_found_file_tells_its_size_time_and_root(tmp_path: Path) -> None:
    write(tmp_path, "a.md", text="four")
    os.utime(tmp_path / "a.md", ns=(5, 7))
    assert list(find([tmp_path])) == [Found(tmp_path / "a.md", 4, 7, tmp_path)]


def test_a_file_under_two_paths_is_found_once(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "b/c.md")
    paths = [tmp_path / "b", tmp_path, tmp_path / "a.md"]
    assert found(tmp_path, paths) == ["b/c.md", "a.md"]


@pytest.mark.parametrize(
    "name",
    [
        ".env",
        ".env.local",
        "prod.env",
        "server.pem",
        "ID_RSA",
        "id_ed25519.pub",
        ".netrc",
        ".npmrc",
        ".pypirc",
        "site.key",
        "store.p12",
        "credentials",
        "credentials.json",
        "kubeconfig",
        "prod.kubeconfig",
        "rclone.conf",
        ".aws/config",
        ".ssh/notes.md",
    ],
)
def test_what_looks_like_a_secret_is_left_out_even_when_named(tmp_path: Path, name: str) -> None:
    write(tmp_path, name)
    assert found(tmp_path) == []
    assert skipped(tmp_path, [tmp_path / name]) == {name: "looks like a secret"}


def test_a_name_that_holds_a_secret_is_left_out_and_told_without_it(tmp_path: Path) -> None:
    key = PLANTED["Anthropic key"]
    write(tmp_path, f"{key}.md", f"{key}/notes.md", "notes.md")
    reason = "its name contains a secret: rename it"
    assert skipped(tmp_path) == {"[Anthropic key]": reason, "[Anthropic key].md": reason}
    assert found(tmp_path) == ["notes.md"]
    assert skipped(tmp_path, [tmp_path / f"{key}/notes.md"]) == {"[Anthropic key]/notes.md": reason}


def test_prose_about_credentials_is_no_secret(tmp_path: Path) -> None:
    write(tmp_path, "credentials.md", "environment.md")
    assert found(tmp_path) == ["credentials.md", "environment.md"]


def test_a_link_to_a_secret_does_not_lead_to_it(tmp_path: Path) -> None:
    write(tmp_path, "id_rsa")
    (tmp_path / "notes.md").symlink_to("id_rsa")
    assert skipped(tmp_path, [tmp_path / "notes.md"]) == {"id_rsa": "looks like a secret"}


def test_left_out_folders_are_said_once(tmp_path: Path) -> None:
    write(tmp_path, "node_modules/a.js", "node_modules/b.js", ".cache/a.md", ".cache/b.md")
    assert skipped(tmp_path) == {
        ".cache": "hidden",
        "node_modules": "a folder of dependencies or caches",
    }


def test_what_word_keeps_beside_an_open_file_is_hidden(tmp_path: Path) -> None:
    write(tmp_path, "a.docx", "~$a.docx")
    assert found(tmp_path) == ["a.docx"]
    assert skipped(tmp_path) == {"~$a.docx": "hidden"}


def test_unknown_formats_are_reported(tmp_path: Path) -> None:
    write(tmp_path, "a.exe", "LICENSE", "Makefile")
    assert found(tmp_path) == ["LICENSE", "Makefile"]
    assert skipped(tmp_path) == {"a.exe": "a binary file"}


def test_gitignore_leaves_out_files_and_whole_folders(tmp_path: Path) -> None:
    write(tmp_path, ".gitignore", text="build/\n*.log\n!keep.log\n[z-a]\n")
    write(tmp_path, "build/a.md", "build/b.md", "x.log", "keep.log", "sub/y.log")
    assert found(tmp_path) == ["keep.log"]
    ignored = "ignored by .gitignore"
    expected = {".gitignore": "hidden", "build": ignored, "x.log": ignored, "sub/y.log": ignored}
    assert skipped(tmp_path) == expected


def test_an_inner_gitignore_overrules_an_outer_one(tmp_path: Path) -> None:
    write(tmp_path, ".gitignore", text="*.txt\n")
    write(tmp_path, "sub/.gitignore", text="!a.txt\n/only_here.md\n")
    write(tmp_path, "a.txt", "sub/a.txt", "sub/only_here.md", "sub/x/only_here.md")
    assert found(tmp_path) == ["sub/a.txt", "sub/x/only_here.md"]


def test_the_gitignore_of_the_repository_around_a_folder_counts(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, ".gitignore", text="_build/\n")
    write(tmp_path, "docs/a.md", "docs/_build/b.md")
    assert found(tmp_path, [tmp_path / "docs"]) == ["docs/a.md"]


def test_a_folder_named_itself_is_read_though_the_repository_ignores_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, ".gitignore", text="out/\n")
    write(tmp_path, "out/a.md")
    assert found(tmp_path, [tmp_path / "out"]) == ["out/a.md"]


@pytest.mark.parametrize("name", [".hidden.md", "ignored.md", "unknown.xyz"])
def test_a_file_named_itself_is_taken(tmp_path: Path, name: str) -> None:
    write(tmp_path, ".gitignore", text="ignored.md\n")
    write(tmp_path, name)
    assert found(tmp_path, [tmp_path / name]) == [name]


def test_links_are_never_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(tmp_path, "outside/a.md", "root/in.md")
    (root / "away").symlink_to(tmp_path / "outside")
    (root / "broken").symlink_to("nothing")
    (root / "loop").symlink_to(root)
    (root / "self").symlink_to("self")
    assert found(root) == ["in.md"]
    assert skipped(root) == {
        "away": "a link that leads out of the folder",
        "broken": "a link that leads nowhere",
        "loop": "a link; what it leads to is found under its own name",
        "self": "a link that leads nowhere",
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_left_out_without_being_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    os.mkfifo(tmp_path / ".gitignore")
    write(tmp_path, "a.md")
    assert found(tmp_path) == ["a.md"]
    assert skipped(tmp_path)["pipe.md"] == "not a regular file"
    assert skipped(tmp_path, [tmp_path / "pipe.md"]) == {"pipe.md": "not a regular file"}


def test_a_huge_file_is_left_out(tmp_path: Path) -> None:
    with (tmp_path / "big.txt").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert skipped(tmp_path) == {"big.txt": "larger than 50 MB"}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_is_not_utf8_is_found(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.md")
    write(tmp_path, name)
    write(tmp_path, ".gitignore", text="*.log\n")
    assert found(tmp_path) == [name]


def test_a_missing_path_is_named_before_anything_is_found(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"nowhere does not exist: check the path$"):
        find([tmp_path, tmp_path / "nowhere"])


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads anything")
def test_a_folder_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    write(tmp_path, "shut/a.md", "b.md")
    (tmp_path / "shut").chmod(0)
    assert skipped(tmp_path) == {"shut": "cannot be read (Permission denied)"}
    with pytest.raises(ReadError, match="Permission denied"):
        find([tmp_path / "shut"])


def test_folders_nested_very_deep_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "/".join(["d"] * MOST_LEVELS) + "/b.md")
    write(tmp_path, "/".join(["d"] * (MOST_LEVELS + 1)) + "/c.md")
    assert [name.rpartition("/")[2] for name in found(tmp_path)] == ["a.md", "b.md"]
    deep = "/".join(["d"] * (MOST_LEVELS + 1))
    assert skipped(tmp_path) == {deep: f"more than {MOST_LEVELS} folders deep"}


def reasons(folder: Path, **options: object) -> dict[str, str]:
    selection = Selection(**options)  # type: ignore[arg-type]
    items = [item for item in find([folder], selection) if isinstance(item, Skipped)]
    return {item.path.relative_to(folder).as_posix(): item.reason for item in items}


def taken(folder: Path, **options: object) -> list[str]:
    selection = Selection(**options)  # type: ignore[arg-type]
    items = [item for item in find([folder], selection) if isinstance(item, Found)]
    return [item.path.relative_to(folder).as_posix() for item in items]


def test_plain_text_is_read_under_any_name(tmp_path: Path) -> None:
    write(tmp_path, "notes.Rmd", "go.mod", "LICENSE-APACHE", "model.f90", "empty.xyz")
    (tmp_path / "empty.xyz").write_bytes(b"")
    (tmp_path / "blob.xyz").write_bytes(b"\x7fELF\0\1\2")
    assert taken(tmp_path) == ["LICENSE-APACHE", "go.mod", "model.f90", "notes.Rmd"]
    assert set(reasons(tmp_path).values()) == {"not a format that can be read"}


def test_a_file_that_is_named_and_not_read_yet_says_what_helps(tmp_path: Path) -> None:
    write(tmp_path, "a.wps", "b.jpg", "c.typ")
    (tmp_path / "letter.rtf").write_text("{\\rtf1 Dear Ann}")
    (tmp_path / "old.doc").write_text("{\\rtf1 Dear Bo}")
    (tmp_path / "older.doc").write_bytes(b"\xdb\xa5-\0\0\0")
    named = [
        *map(tmp_path.joinpath, ("a.wps", "b.jpg", "c.typ", "letter.rtf", "old.doc", "older.doc"))
    ]
    items = {item.path.name: item for item in find(named)}
    assert all(isinstance(items[name], Found) for name in ("c.typ", "letter.rtf", "old.doc"))
    assert skipped(tmp_path, named) == {
        "a.wps": "not read yet: save it as .docx or PDF",
        "b.jpg": "an image",
    }
    with pytest.raises(SkippedFile, match=r"not read yet: save it as \.docx or PDF"):
        read(tmp_path / "older.doc")


def test_what_is_not_read_yet_says_what_helps(tmp_path: Path) -> None:
    write(tmp_path, "a.wps", "b.xlsb", "c.jpg", "d.mp3", "e.zip", "f.key")
    (tmp_path / "talk.key").mkdir()
    (tmp_path / "letter.text").write_text("plain")
    assert reasons(tmp_path) == {
        "a.wps": "not read yet: save it as .docx or PDF",
        "b.xlsb": "not read yet: save it as .xlsx or .csv",
        "c.jpg": "an image",
        "d.mp3": "sound or film",
        "e.zip": "an archive: unpack it first",
        "f.key": "looks like a secret",
        "talk.key": "not read yet: save it as .pptx or PDF",
    }


def test_what_programs_write_is_left_out_by_name_unless_it_is_included(tmp_path: Path) -> None:
    write(tmp_path, "uv.lock", "app.min.js", "lib/yarn.lock", "main.js")
    assert taken(tmp_path) == ["main.js"]
    kinds = {item.kind for item in find([tmp_path]) if isinstance(item, Skipped)}
    assert kinds == {SkipKind.LOCK_FILE, SkipKind.GENERATED}
    assert taken(tmp_path, include=("*.lock",)) == ["lib/yarn.lock", "uv.lock"]
    named = [item for item in find([tmp_path / "uv.lock"]) if isinstance(item, Found)]
    assert len(named) == 1


def test_globs_and_hidden_files_are_chosen(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "b.txt", "drafts/c.md", ".notes/d.md", ".env")
    (tmp_path / ".gitignore").write_text("b.txt\n")
    assert taken(tmp_path) == ["a.md", "drafts/c.md"]
    assert taken(tmp_path, exclude=("drafts/",)) == ["a.md"]
    assert taken(tmp_path, include=("b.*",)) == ["b.txt"]
    assert taken(tmp_path, hidden=True) == [".gitignore", ".notes/d.md", "a.md", "drafts/c.md"]
    assert reasons(tmp_path, hidden=True)[".env"] == "looks like a secret"
    assert reasons(tmp_path, exclude=("*.md",))["a.md"] == "excluded"


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("letter.doc", b"{\\rtf1 Dear Ann}", "rtf"),
        ("report.xls", b"<html><body><table><tr><td>Boat</td></tr></table></body></html>", "html"),
        ("report.xls", b"boat\tdue\nHeron\t40\n", "text"),
        ("new.xls", xlsx("<sheetData><row><c><v>7</v></c></row></sheetData>"), "xlsx"),
        ("new.doc", docx(paragraph("Boat")), "docx"),
        ("saved", b"<!DOCTYPE html><p>Boat", "html"),
    ],
)
def test_what_is_not_old_office_is_read_under_its_name(
    tmp_path: Path, name: str, content: bytes, form: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert taken(tmp_path) == [name]
    assert read(tmp_path / name).format == form


def test_version_control_and_files_of_windows_are_not_called_secrets(tmp_path: Path) -> None:
    write(tmp_path, ".hg/hgrc", ".git/config", "Desktop.ini", "paper/main.aux", "paper/main.tex")
    write(tmp_path, "plan.md~", "home~/plan.md")
    left_out = {".git": "a folder of version control", ".hg": "a folder of version control"}
    left_out["paper/main.aux"] = "generated by a program (--include reads it)"
    hidden = dict.fromkeys(("Desktop.ini", "plan.md~"), "hidden")  # ~: an editor's last version
    assert reasons(tmp_path) == left_out | hidden
    assert reasons(tmp_path, hidden=True) == left_out
    assert taken(tmp_path) == ["home~/plan.md", "paper/main.tex"]
    (named,) = find([tmp_path / ".git/config"])
    assert isinstance(named, Skipped)
    assert named.reason == "a folder of version control"
