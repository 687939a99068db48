"""What people type, made plain: one form of each letter, nothing invisible, bounded. Pure."""

import re
import unicodedata

# Invisible, or turning the direction of what follows: never typed on purpose in a name or a sentence.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Unfit(ValueError):
    """Text that cannot be kept; `code` says why: "too_long" or "control"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def line(typed: str, *, limit: int) -> str:
    """One line, its spaces single. Raises Unfit."""
    return _fit(" ".join(_plain(typed.replace("\n", " ").replace("\r", " ")).split()), limit)


def passage(typed: str, *, limit: int) -> str:
    """Several lines, at most one empty between two. Raises Unfit."""
    lines = [" ".join(each.split()) for each in _plain(typed.replace("\r\n", "\n").replace("\r", "\n")).split("\n")]
    return _fit(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(), limit)


def tidied(typed: str) -> str:
    """The same with whatever cannot be kept left out, where a refusal would help nobody."""
    return _CONTROL.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFC", typed.replace("\r\n", "\n"))))


def _plain(typed: str) -> str:
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFC", typed))
    if _CONTROL.search(plain):
        raise Unfit("control")
    return plain


def _fit(plain: str, limit: int) -> str:
    if len(plain) > limit:
        raise Unfit("too_long")
    return plain
