"""A small file is written whole, or the one before stays."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ingest.files import BLOCK, sha256, sha256_of, write_whole


def test_a_file_is_replaced_whole_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text("before")
    path.chmod(0o644)
    write_whole(path, "Grüße")
    assert path.read_text(encoding="utf-8") == "Grüße"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["list.json"]


def test_a_write_that_fails_leaves_the_file_as_it_was_and_nothing_beside_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "list.json"
    path.write_text("before")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "half \ud83d of it")
    assert path.read_text() == "before"
    assert [file.name for file in tmp_path.iterdir()] == ["list.json"]


def test_a_hash_is_the_same_for_a_file_as_for_its_bytes(tmp_path: Path) -> None:
    raw = bytes(range(256)) * (BLOCK // 256) + b"beyond one block"
    (tmp_path / "a").write_bytes(raw)
    assert sha256(tmp_path / "a") == sha256_of(raw) == hashlib.sha256(raw).hexdigest()
