"""Checks the languages: every message on screen has an English one, none is unused, and placeholders agree.

Exit status 1 and a line for each fault. `--list` prints the messages that lack a translation, as a .po to fill.
"""

import re
import sys
from collections import Counter
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "jobdating" / "locale"
KEYWORDS = {"_": None, "say": None, "gettext": None, "ngettext": (1, 2)}
OPTIONS = {
    "**.html": {"extensions": "jinja2.ext.do", "silent": "false", "trimmed": "false", "newstyle_gettext": "true"}
}
PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[sd]")


def used() -> Catalog:
    """Every message in the templates and the code."""
    catalogue = Catalog()
    sources = (
        (ROOT / "templates", [("**.html", "jinja2.ext.babel_extract"), ("**.txt", "jinja2.ext.babel_extract")]),
        (ROOT / "jobdating", [("**.py", "python")]),
    )
    for folder, methods in sources:
        options = {pattern: OPTIONS["**.html"] for pattern, _ in methods if pattern != "**.py"}
        for name, line, message, comments, context in extract_from_dir(
            folder, method_map=methods, options_map=options, keywords=KEYWORDS
        ):
            catalogue.add(message, None, [(f"{folder.name}/{name}", line)], auto_comments=comments, context=context)
    return catalogue


def translated(language: str) -> tuple[dict[object, Message], list[str]]:
    """All messages of a language's files, and what is wrong with the files themselves."""
    found: dict[object, Message] = {}
    faults = []
    places: Counter[object] = Counter()
    for path in sorted((LOCALE / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if not message.id:
                    continue
                key = _key(message)
                places[key] += 1
                if places[key] == 2:
                    faults.append(f"{path.name}: translated twice: {key!r}")
                if message.fuzzy or not all(_strings(message)):
                    faults.append(f"{path.name}:{message.lineno}: not translated: {key!r}")
                found[key] = message
    return found, faults


def check(language: str) -> list[str]:
    """What is missing, unused or wrong in a language."""
    wanted = {_key(message): message for message in used() if message.id}
    found, faults = translated(language)
    for key, message in wanted.items():
        if key not in found:
            faults.append(f"{message.locations[0][0]}:{message.locations[0][1]}: no {language} message for {key!r}")
    for key, message in found.items():
        if key not in wanted:
            faults.append(f"{language}: unused message {key!r}")
            continue
        names = {name for text in _sources(message) for name in PLACEHOLDER.findall(text)}
        for text in _strings(message):
            if not set(PLACEHOLDER.findall(text)) <= names:
                faults.append(f"{language}: placeholders of {key!r} differ")
    return faults


def missing(language: str) -> str:
    """The messages that lack a translation, as the text of a .po file."""
    found, _ = translated(language)
    catalogue = Catalog(locale=language)
    for message in used():
        if message.id and _key(message) not in found:
            catalogue[message.id] = message
    text = BytesIO()
    write_po(text, catalogue, omit_header=True, sort_by_file=True)
    return text.getvalue().decode()


def _key(message: Message) -> object:
    return message.id[0] if isinstance(message.id, list | tuple) else message.id


def _sources(message: Message) -> list[str]:
    return list(message.id) if isinstance(message.id, list | tuple) else [message.id]


def _strings(message: Message) -> list[str]:
    strings = message.string if isinstance(message.string, list | tuple) else [message.string]
    return [text or "" for text in strings]


if __name__ == "__main__":
    if "--list" in sys.argv:
        print(missing("en"))
        sys.exit()
    faults = check("en")
    print("\n".join(faults) or "languages: complete", file=sys.stderr if faults else sys.stdout)
    sys.exit(bool(faults))
