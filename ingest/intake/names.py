"""What the name alone says of a file or folder: keys and passwords, dependencies, hidden ones."""

from __future__ import annotations

import re
from fnmatch import translate
from pathlib import Path

from ingest.errors import SkipKind
from ingest.intake.kinds import Reason

_SECRET_FOLDERS = frozenset(".aws .azure .docker .gnupg .kube .password-store .ssh".split())
_SECRET_NAMES = (
    ".env* *.env *.pem *.key *.p12 *.pfx *.p8 *.pkcs12 *.jks *.keystore *.kdb *.kdbx *.ppk *.ovpn"
    " *.agekey *.keytab *.tfvars *.tfstate *.kubeconfig kubeconfig kubeconfig.y*ml id_rsa* id_dsa*"
    " id_ecdsa* id_ed25519* *_rsa *_ecdsa *_ed25519 .netrc _netrc .authinfo* .npmrc .yarnrc.yml"
    " .pypirc .pgpass .my.cnf .s3cfg .boto .htpasswd .dockercfg .terraformrc terraform.rc"
    " rclone.conf .vault-token .vault_pass* .git-credentials .credentials* credentials"
    " credentials.json credentials.ini credentials.toml credentials.y*ml credentials.xml"
    " credentials.csv credentials.txt credentials.db *credentials*.json client_secret*.json"
    " service-account*.json service_account*.json secrets.json secrets.toml secrets.y*ml"
    " wallet.dat".split()
)
_DEPENDENCY_FOLDERS = frozenset(
    "__pycache__ bower_components node_modules site-packages venv .venv .tox .nox .mypy_cache"
    " .pytest_cache .ruff_cache".split()
)

_SECRET_NAME = re.compile("|".join(map(translate, _SECRET_NAMES)), re.IGNORECASE)

_HISTORY_FOLDERS = frozenset(".git .hg .svn .jj .bzr".split())
"""Those of version control; addresses in their settings may hold a password."""
_SYSTEM_FILES = frozenset(("desktop.ini", "thumbs.db", "ehthumbs.db"))
"""Files that Windows puts into folders, and hides there."""

SECRET: Reason = ("looks like a secret", SkipKind.SECRET)
_DEPENDENCIES: Reason = ("a folder of dependencies or caches", SkipKind.DEPENDENCIES)
_HIDDEN: Reason = ("hidden", SkipKind.HIDDEN)
_HISTORY: Reason = ("a folder of version control", SkipKind.HIDDEN)


def name_reason(name: str, is_folder: bool, *, hidden: bool) -> Reason | None:
    """Return why a file or folder of this name is left out; with `hidden`, hidden ones are
    taken.
    """
    if is_folder and name in _HISTORY_FOLDERS:
        return _HISTORY
    if looks_secret(name) or (is_folder and name in _SECRET_FOLDERS):
        return SECRET
    if is_folder and name in _DEPENDENCY_FOLDERS:
        return _DEPENDENCIES
    # "~$" begins what Word and Excel keep beside an open file, "~" ends an editor's last version.
    is_version = name.endswith("~") and not is_folder
    if not hidden and (name.lower() in _SYSTEM_FILES or is_version):
        return _HIDDEN
    return _HIDDEN if name.startswith(("~$",) if hidden else (".", "~$")) else None


def looks_secret(name: str) -> bool:
    """Return whether files of this name hold keys or passwords."""
    return _SECRET_NAME.match(name) is not None


def folder_reason(path: Path) -> Reason | None:
    """Return why a path is left out even when named: it is a folder of keys or of version control,
    or is in one.
    """
    if not _SECRET_FOLDERS.isdisjoint(path.parts):
        return SECRET
    return None if _HISTORY_FOLDERS.isdisjoint(path.parts) else _HISTORY
