"""The words on screen in each language. French is written in the templates; the others are in locale/*/*.po."""

import gettext
import io
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("fr", "en")
DEFAULT = "fr"
FOLDER = Path(__file__).parent.parent / "locale"


class French(gettext.NullTranslations):
    """The source language: zero and one are singular."""

    def gettext(self, message: str) -> str:
        return unbroken(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return unbroken(msgid1 if abs(n) < 2 else msgid2)


def unbroken(words: str) -> str:
    """With a hyphen in "e-mail" at which no line ends."""
    return words.replace("e-mail", "e\u2011mail").replace("E-mail", "E\u2011mail")


@cache
def translations(language: str) -> gettext.NullTranslations:
    """All messages of a language, merged from its files. Raises KeyError for a language we do not speak."""
    if language not in LANGUAGES:
        raise KeyError(language)
    if language == DEFAULT:
        return French()
    merged = Catalog(locale=language)
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    message.string = (
                        unbroken(message.string)
                        if isinstance(message.string, str)
                        else tuple(unbroken(form) for form in message.string or ())
                    )
                    merged[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def negotiate(header: str | None) -> str:
    """The best of our languages for an Accept-Language header."""
    wanted = []
    for part in (header or "").split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wanted.append((float(quality or 1), tag.split("-")[0].lower()))
        except ValueError:
            continue
    for _, tag in sorted(wanted, key=lambda item: -item[0]):
        if tag in LANGUAGES:
            return tag
    return DEFAULT
