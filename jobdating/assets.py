"""Where templates and static files are: in the checkout, or inside the installed package."""

import hashlib
from pathlib import Path

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent


def _folder(name: str) -> Path:
    beside = _CHECKOUT / name
    return beside if (_CHECKOUT / "pyproject.toml").exists() and beside.is_dir() else _PACKAGE / name


TEMPLATES = _folder("templates")
STATIC = _folder("static")
SERVED = ("css", "js", "vendor", "icon.svg")  # of the static folder; a checkout also holds tools there


def _version() -> str:
    """Another one whenever a served file is another."""
    digest = hashlib.sha256()
    for name in SERVED:
        for path in sorted([STATIC / name, *(STATIC / name).glob("*")]):
            if path.is_file():
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


VERSION = _version()
