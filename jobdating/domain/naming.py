"""Compares and shortens names as people do: case, accents, spaces and kinds of apostrophe do not count. Pure."""

import re
import unicodedata


def fold(text: str) -> str:
    """Lower case, without accents, with single spaces and plain apostrophes and dashes."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe"))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign)).lower()
    plain = re.sub("[’‘ʼ´`]", "'", plain)
    plain = re.sub("[‐‑‒–—−]", "-", plain)
    return " ".join(plain.split())


def key(text: str) -> str:
    """What two spellings of one name have in common: letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", fold(text))


def slug(text: str, limit: int = 80) -> str:
    """A name as it stands in an address: "Tôlerie d'Auge" is "tolerie-d-auge"."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:limit].rstrip("-")


def short(first_name: str, last_name: str) -> str:
    """ "Camille G.": all that somebody may know of a person they have no interview with."""
    return f"{first_name} {last_name[:1]}.".strip() if last_name else first_name
