"""Where templates and static files are: in the checkout, or inside the installed package."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent


def _folder(name: str) -> Path:
    beside = _CHECKOUT / name
    return beside if (_CHECKOUT / "pyproject.toml").exists() and beside.is_dir() else _PACKAGE / name


TEMPLATES = _folder("templates")
STATIC = _folder("static")
