"""Input that is broken or made to do harm costs itself alone: the good file beside it is added."""

from __future__ import annotations

import os
import re
import socket
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import hostile_pdfs
import pytest
from commands import Output, loads
from office import docx, epub, packed, paragraph, rows, xlsx

from ingest.document import Document
from ingest.errors import ReadError
from ingest.intake.report import Report
from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.readers import Child, format_of, read
from ingest.readers.child import SECONDS
from ingest.store import Store
from ingest.text.chunker import LONGEST, chunk

GOOD = "# Tides\n\nHigh water at Wexmouth is at ten past noon.\n"
ADDED = ""
ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "{}">]>'
LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>{}]>".format(
    "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
)
OWN_ENTITIES = "failed: declares entities of its own"
ZEROS = b" " * 20_000_000


def declaring(raw: bytes, size: int) -> bytes:
    """A zip whose directory says that its last member unpacks to `size` bytes."""
    at = raw.rindex(b"PK\x01\x02") + 24
    return raw[:at] + size.to_bytes(4, "little") + raw[at + 4 :]


def encrypted(raw: bytes) -> bytes:
    at = raw.rindex(b"PK\x01\x02") + 8
    return raw[:at] + b"\x01" + raw[at + 1 :]


@cache
def flat_bomb() -> bytes:
    return packed({f"{n}.xml": ZEROS[:9_000_000] for n in range(23)})


Make = Callable[[], bytes]

ZIPS: list[tuple[str, Make, str]] = [
    ("bomb by ratio", lambda: packed({"x.xml": ZEROS}), "failed: 100 times smaller"),
    (
        "bomb by many members",
        lambda: packed({f"{n}.xml": b"" for n in range(10_001)}, zipfile.ZIP_STORED),
        "failed: packs more than 10,000 files",
    ),
    ("flat bomb", flat_bomb, "failed: unpacks to more than 200 MB"),
    (
        "bomb by another packing",
        lambda: packed({"x.xml": ZEROS[:9_000_000]}, zipfile.ZIP_BZIP2),
        "failed: packed in an unusual way",
    ),
    ("slip", lambda: packed({"../../evil.md": "evil"}), "failed: outside of itself"),
    ("absolute name", lambda: packed({"/evil": "evil"}), "failed: outside of itself"),
    ("drive", lambda: packed({"C:\\evil": "evil"}), "failed: outside of itself"),
    ("encrypted", lambda: encrypted(packed({"x": "x"})), "failed: encrypted"),
    ("no zip", lambda: b"PK\x03\x04 but no zip", "failed: damaged"),
    ("empty", lambda: b"", "skipped: an empty file"),
    ("other zip", lambda: packed({"a.txt": "text"}), "failed: damaged"),
]
# Name of the file, its bytes, and what becomes of it.
FILES: dict[str, tuple[str, Make, str]] = {
    **{
        f"{title} {kind}": (f"a.{kind}", make, outcome)
        for kind in ("docx", "xlsx", "epub")
        for title, make, outcome in ZIPS
    },
    "bomb that lies": (
        "a.docx",
        lambda: declaring(packed({"_rels/.rels": ZEROS}), 1_000),
        "failed: damaged",
    ),
    "cut zip": ("a.docx", lambda: docx(paragraph("text"))[:-40], "failed: damaged"),
    "zip in a zip": (
        "a.docx",
        lambda: docx(paragraph("text"), more={"word/embeddings/a.zip": "PK\x03\x04"}),
        ADDED,
    ),
    # XML
    "entity docx": (
        "a.docx",
        lambda: docx(paragraph("&e;"), before=ENTITY.format("file:///etc/passwd")),
        OWN_ENTITIES,
    ),
    "entity xlsx": (
        "a.xlsx",
        lambda: xlsx(rows("x"), before=ENTITY.format("http://127.0.0.1:9/x")),
        OWN_ENTITIES,
    ),
    "entity epub": (
        "a.epub",
        lambda: epub("x", title="&e;", before=ENTITY.format("file:///etc/passwd")),
        OWN_ENTITIES,
    ),
    "laughs docx": ("a.docx", lambda: docx(paragraph("&a9;"), before=LAUGHS), OWN_ENTITIES),
    "laughs xlsx": ("a.xlsx", lambda: xlsx(rows("x"), before=LAUGHS), OWN_ENTITIES),
    "laughs epub": ("a.epub", lambda: epub("x", title="&a9;", before=LAUGHS), OWN_ENTITIES),
    "laughs in a chapter": ("a.epub", lambda: epub(LAUGHS + "<p>&a9;</p>"), ADDED),
    "laughs in a page": ("a.html", f"{LAUGHS}<p>&a9;</p>".encode, ADDED),
    "laughs as source code": ("a.xml", f"{LAUGHS}<x>&a9;</x>".encode, ADDED),
    "broken XML": ("a.docx", lambda: docx("<w:p><w:r>"), "failed: damaged"),
    "deep XML": (
        "a.docx",
        lambda: docx("<w:p>" * 20_000 + "</w:p>" * 20_000),
        "skipped: no text that can be read",
    ),
    "odd encoding": ("a.docx", lambda: docx("", before='<?xml version="1.0" encoding="x"?>'),
                     "failed: damaged"),
    # PDFs
    "script": ("a.pdf", hostile_pdfs.with_script, ADDED),
    "endless tree": ("a.pdf", hostile_pdfs.endless_tree, "failed: broken"),
    "huge stream": ("a.pdf", lambda: hostile_pdfs.bomb(30), "skipped: without text"),
    "deep": ("a.pdf", hostile_pdfs.deep, "failed: broken"),
    "circle": ("a.pdf", hostile_pdfs.circle, "skipped: without text"),
    "truncated": ("a.pdf", lambda: hostile_pdfs.page(hostile_pdfs.TEXT)[:200], "failed: broken"),
    # Encodings
    "UTF-16": ("a.txt", lambda: "Grüße".encode("utf-16"), ADDED),
    "UTF-16 without a mark": ("a.txt", lambda: "Grüße".encode("utf-16-le"), "skipped: binary"),
    "Latin-1": ("a.txt", lambda: "Viele Grüße aus Köln".encode("latin-1"), ADDED),
    "Shift JIS": ("a.txt", lambda: "潮は一日に二度満ちる。".encode("cp932"), ADDED),
    "a bad byte": ("a.txt", lambda: "Grüße aus Köln".encode() + b"\xff", ADDED),
    "lone surrogates": ("a.txt", lambda: "half \ud83d of it".encode("utf-8", "surrogatepass"),
                        ADDED),
    "lone surrogates in a page": ("a.html", lambda: b"<p>half &#xD83D; of it", ADDED),
    "lone surrogates in UTF-16": ("a.txt", lambda: b"\xff\xfea\x00\x3d\xd8b\x00", ADDED),
    "half a character in UTF-16": ("a.txt", lambda: b"\xff\xfea\x00b", ADDED),
    "NUL": ("a.txt", lambda: b"a\x00b", "skipped: binary"),
    "NUL in a long text": ("a.txt", lambda: b"word " * 400 + b"a\x00b", ADDED),
    "NUL in a page": ("a.html", lambda: b"<p>a\x00b</p>", ADDED),
    # Sizes
    "a word of 50,000 characters": ("a.md", lambda: b"x" * 50_000, ADDED),
    "nothing": ("a.md", lambda: b"", ADDED),
    "only hidden text": ("a.md", "\u200b\u2060\U000e0041<!-- x -->".encode, ADDED),
}  # fmt: skip


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "good.md").write_text(GOOD)
    return folder


def outcome_of(report: Report, path: Path) -> str:
    """ "failed: …" or "skipped: …" with the reason; "" if the file was added."""
    reasons = [f"failed: {file.reason}" for file in report.failed if file.path == path]
    reasons += [f"skipped: {file.reason}" for file in report.skipped if file.path == path]
    assert len(reasons) <= 1
    return reasons[0] if reasons else ADDED


@pytest.fixture(scope="module")
def bad_folders(
    tmp_path_factory: pytest.TempPathFactory, embedder: Embedder
) -> tuple[Path, Report, Report]:
    """A folder for each case, a good file beside it, read in one run; the report of a second."""
    place = tmp_path_factory.mktemp("bad")
    for number, (name, make, _) in enumerate(FILES.values()):
        folder = place / "docs" / str(number)
        folder.mkdir(parents=True)
        (folder / "good.md").write_text(f"{GOOD}\nThis is copy {number}.\n")
        (folder / name).write_bytes(make())
    with Store(place / "home") as store:
        first = Ingestion(store, embedder).run([place / "docs"])
        return place / "docs", first, Ingestion(store, embedder).run([place / "docs"])


@pytest.mark.parametrize("case", FILES)
def test_bad_input_costs_itself_alone(bad_folders: tuple[Path, Report, Report], case: str) -> None:
    docs, report, _ = bad_folders
    name, _, expected = FILES[case]
    folder = docs / str(list(FILES).index(case))
    outcome, reason = outcome_of(report, folder / name), expected.partition(": ")
    assert outcome.partition(": ")[0] == reason[0]
    assert reason[2] in outcome
    assert "\n" not in outcome
    assert {path.name for path in folder.iterdir()} == {"good.md", name}


def test_each_good_file_beside_bad_input_is_added(
    bad_folders: tuple[Path, Report, Report],
) -> None:
    docs, report, again = bad_folders
    added = [expected == ADDED for _, _, expected in FILES.values()].count(True)
    assert report.added == len(FILES) + added
    assert (again.added, again.unchanged) == (0, report.added)
    assert {path.name for path in docs.parent.iterdir()} == {"docs", "home"}


def test_what_has_failed_is_told_in_a_line_each_and_ends_with_1(
    ragchat: Output, docs: Path
) -> None:
    for number, case in enumerate(["slip docx", "laughs epub", "endless tree", "NUL"]):
        name, make, _ = FILES[case]
        (docs / f"{number}\x1b[2J\n{name}").write_bytes(make())
    code, out, err = ragchat("ingest", docs)
    assert code == 1
    assert out.startswith("added 1, ")
    assert len(re.findall("^failed ", err, re.MULTILINE)) == 3
    assert len(re.findall("^left out ", err, re.MULTILINE)) == 1
    assert len(err.splitlines()) == 4
    assert "\x1b" not in err
    assert "Traceback" not in err


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other devices")
def test_what_is_no_file_is_never_opened(ragchat: Output, docs: Path, tmp_path: Path) -> None:
    os.mkfifo(docs / "pipe.md")
    (docs / "zero.md").symlink_to("/dev/zero")
    (docs / "up").symlink_to(docs.parent)
    (docs / "round.md").symlink_to("round.md")
    with (docs / "sparse.docx").open("wb") as sparse:
        sparse.truncate(10 * 2**30)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(docs / "socket.md"))
        report = loads(
            ragchat("ingest", docs, "/dev/zero", "/dev/stdin", docs / "zero.md", "--json")
        )
    reasons = {Path(file["path"]).name: file["reason"] for file in report["skipped"]}
    assert report["added"] == 1
    assert reasons["pipe.md"] == reasons["socket.md"] == reasons["zero"] == "not a regular file"
    assert reasons["sparse.docx"] == "larger than 50 MB"
    assert {"zero.md", "up", "round.md"} <= set(reasons)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
@pytest.mark.parametrize("kind", ["md", "html", "docx"])
def test_a_name_that_is_not_utf8_is_added_whatever_the_format(
    ragchat: Output, docs: Path, kind: str
) -> None:
    raw = docx(paragraph("Coffee.")) if kind == "docx" else b"Coffee."
    Path(os.fsdecode(os.fsencode(docs) + b"/caf\xe9." + kind.encode())).write_bytes(raw)
    code, out, err = ragchat("ingest", docs)
    assert (code, err) == (0, "")
    assert out.startswith("added 2, ")


def test_nothing_outside_of_a_file_is_fetched_for_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, Child() as child:
        listening.setblocking(False)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/x"
        remote = f'<!DOCTYPE x PUBLIC "-//x" "{url}">'
        page = f'<link href="{url}"><img src="{url}"><iframe src="{url}"></iframe><p>text</p>'
        assert child.read(docx(paragraph("text"), before=remote), "docx", "a").text == "text"
        assert child.read(epub(page, before=remote), "epub", "a").text == "text"
        with pytest.raises(BlockingIOError):
            listening.accept()


def read_all(folder: Path, child: Child, **files: bytes) -> list[Document | str]:
    """Each file's document, or the reason why there is none, read one after the other."""
    told: list[Document | str] = []
    for name, raw in files.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(raw)
        assert format_of(path) not in (None, "text")
        try:
            told.append(read(path, child))
        except ReadError as error:
            told.append(str(error))
    return told


def test_a_page_that_takes_too_long_is_given_up_and_the_next_one_is_read(tmp_path: Path) -> None:
    with Child(seconds=0.5) as child:
        (slow,) = read_all(tmp_path, child, a_html=b"<p>a" * 300_000)
        child.seconds = SECONDS  # on a busy machine, a process alone takes long to start
        (good,) = read_all(tmp_path, child, b_html=b"<p>good</p>")
    assert slow == "takes longer than 0.6 s: convert it to text first"
    assert isinstance(good, Document)
    assert good.text == "good"


@pytest.mark.skipif(sys.platform != "linux", reason="needs limits on memory")
def test_a_child_that_dies_costs_one_file(tmp_path: Path) -> None:
    greedy = hostile_pdfs.bomb(3_000)
    good = hostile_pdfs.page(hostile_pdfs.TEXT)
    with Child() as child:
        dead, last = read_all(tmp_path, child, a_pdf=greedy, b_pdf=good)
    assert dead == "broken, or needs too much memory: convert it to text first"
    assert isinstance(last, Document)
    assert last.text == "High tide at noon"


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_one_child_reads_file_after_file_without_keys_and_may_not_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    with Child() as child:
        seen = set()
        for name in ("a_html", "b_html"):
            read_all(tmp_path, child, **{name: b"<p>text</p>"})
            assert child._well
            seen.add(child._well.pid)
        process = Path(f"/proc/{seen.pop()}")
        assert b"ANTHROPIC" not in (process / "environ").read_bytes()
        assert re.search("^Max file size +0 ", (process / "limits").read_text(), re.MULTILINE)
    assert not seen
    assert not process.exists()


def test_two_megabytes_on_a_line_are_chunked() -> None:
    text = "word " * 400_000
    pieces = chunk(Document(text, "text", ""), lambda said: len(said) // 4, 254)
    assert sum(len(piece.text.split()) for piece in pieces) == 400_000
    assert max(len(part.text) for part in pieces) <= LONGEST


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
@pytest.mark.parametrize(
    "words",
    [
        ("restore", "FILE", "--yes"),
        ("backup", "FILE", "--yes"),
        ("ask", "Why?", "--schema", "FILE"),
        ("conversations", "merge", "FILE"),
        ("eval", "SET", "--compare", "FILE"),
        ("eval", "SET", "--run-file", "FILE"),
    ],
)
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_file_that_is_named_has_to_be_a_regular_one(
    ragchat: Output, tmp_path: Path, words: tuple[str, ...], kind: str
) -> None:
    """Nothing is read or written: a pipe without a writer would be waited for for ever."""
    file = Path("/dev/null")
    if kind == "pipe":
        file = tmp_path / "pipe"
        os.mkfifo(file)
    names = {"FILE": str(file), "SET": str(tmp_path)}
    code, _, err = ragchat(*(names.get(word, word) for word in words))
    assert code == 2
    assert f"'{file}' is not a regular file" in " ".join(err.split())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_settings_in_a_pipe_are_not_waited_for(ragchat: Output, home: Path) -> None:
    os.mkfifo(home / "config.toml")
    code, _, err = ragchat("status")
    assert code == 2
    assert "config.toml: it is not a regular file" in " ".join(err.split())
