"""The wheel: both packages are in it, and its command runs from an environment of its own."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import ingest
import ragchat

ROOT = Path(__file__).parents[2]


def test_the_wheel_holds_both_packages_and_its_command_runs(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for package in (ragchat, ingest):
        folder = Path(package.__file__ or "").parent
        for file in folder.rglob("*.py"):
            assert file.relative_to(ROOT).as_posix() in names
    assert not [name for name in names if name.startswith(("tests/", "data/"))]

    # The dependencies are those of this environment; nothing is fetched.
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    site = next(path for path in sys.path if path.endswith("site-packages"))
    done = subprocess.run(
        [str(tmp_path / "env" / "bin" / "ragchat"), "--help"],
        env={"PYTHONPATH": site},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert "ragchat ingest ./docs" in done.stdout
    where = [str(python), "-c", "import ingest, ragchat; print(ingest.__file__, ragchat.__file__)"]
    found = subprocess.run(where, check=True, capture_output=True, text=True, cwd=tmp_path).stdout
    assert found.count(str(tmp_path / "env")) == 2
