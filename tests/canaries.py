"""Words that stand for a person, each in another place: what erasing must find and what no log may hold."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass

from jobdating.logs import Lines


@dataclass(frozen=True)
class Canaries:
    """Twelve things that are known of somebody."""

    first_name: str = "Canarille"
    last_name: str = "Canaribeau"
    email: str = "canari.elle@candidat.example"
    phone: str = "+33639981291"
    about: str = "canari-ce-que-je-dis-de-moi"
    note: str = "canari-ce-que-le-stand-a-note"
    filename: str = "canari-nom-du-fichier"
    document: str = "canari-dans-le-cv"
    agent: str = "canari-telephone-de-marque"
    parent: str = "canari.mere@famille.example"
    adult: str = "canari.prof@lycee.example"
    wording: str = "canari-mots-de-l-accord"

    def words(self) -> list[str]:
        return list(astuple(self))


CANARIES = Canaries()


def found_in(said: str | bytes) -> list[str]:
    """The canaries that are there, in their order."""
    data = said.encode() if isinstance(said, str) else said
    return [word for word in CANARIES.words() if word.encode() in data]


# Nobody of the tests' people may be named in any log of the whole run: addresses, telephones, tokens, canaries.
_NAMED = re.compile(
    r"[\w.+-]+@(?:candidat|famille|lycee|erased)\.(?:example|invalid)|(?:\+33|0)6\s?39\s?98|\bjd_[\w-]{20,}|[Cc]anari"
)
_PRODUCT = ("jobdating", "uvicorn", "starlette", "sqlalchemy", "asyncio", "alembic", "aiosmtplib")


def leaks_in(log: str) -> list[str]:
    """The lines of a log that name somebody or hold a secret."""
    return [line for line in log.splitlines() if _NAMED.search(line)]


class Watch(logging.Handler):
    """Reads every line that the product would write to its log, and keeps those that say too much."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(Lines())
        self.lines = 0
        self.leaks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] in _PRODUCT:
            self.lines += 1
            self.leaks += leaks_in(self.format(record))


@contextmanager
def watched_log() -> Iterator[Watch]:
    """As long as this lasts, the log of this process is read. Raises AssertionError at its end for what it leaked."""
    watch, ours = Watch(), logging.getLogger("jobdating")
    before = ours.level
    ours.setLevel(logging.DEBUG)
    logging.getLogger().addHandler(watch)
    try:
        yield watch
    finally:
        logging.getLogger().removeHandler(watch)
        ours.setLevel(before)
    assert not watch.leaks, watch.leaks
