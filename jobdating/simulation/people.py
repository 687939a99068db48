"""The people of the simulated fair: names and addresses that nobody has, candidates with their trades and CVs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from unicodedata import normalize

from sqlalchemy import Connection, Table, insert

from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.domain.states import AgeBand, Level
from jobdating.simulation import papers, words

CANDIDATES = 500


@dataclass(frozen=True)
class Player:
    """A simulated candidate, as the crowd knows them."""

    id: int
    actor: Actor
    trades: frozenset[str]


class People:
    """Hands out names, addresses and telephone numbers, none twice."""

    def __init__(self, random: Random, *, since: datetime) -> None:
        self._random = random
        self._since = since
        self._seen: set[str] = set()
        self._phone = 100

    def next(self, domain: str, *, name: tuple[str, str] | None = None) -> dict[str, Any]:
        first, last = name or (self._random.choice(words.FIRST_NAMES), self._random.choice(words.LAST_NAMES))
        while (email := f"{slug(first)}.{slug(last)}@{domain}") in self._seen:
            first, last = self._random.choice(words.FIRST_NAMES), self._random.choice(words.LAST_NAMES)
        self._seen.add(email)
        self._phone += 1
        number = f"{self._phone:04d}"
        return {
            "email": email,
            "first_name": first,
            "last_name": last,
            "phone": f"06 39 98 {number[:2]} {number[2:]}",
            "created_at": self._since,
        }


def candidates(
    tx: Connection, fair_id: int, sites: Sequence[int], people: People, random: Random, *, since: datetime
) -> tuple[Player, ...]:
    rows = [people.next("candidat.example", name=("Inès", "Lemarchand") if n == 0 else None) for n in range(CANDIDATES)]
    accounts = insert_many(tx, t.accounts, rows)
    trades = [_trades(random) if n else frozenset({"Chaudronnerie", "Soudage"}) for n in range(CANDIDATES)]
    profiles = [
        {
            "fair_id": fair_id,
            "account_id": account,
            "site_id": random.choice(sites),
            "level": random.choices(list(Level), (35, 34, 8, 18, 5))[0].value,
            "age_band": random.choices(list(AgeBand), (1, 46, 46, 7))[0].value if n else AgeBand.FROM_15_TO_17.value,
            "about": random.choice(words.ABOUT_CANDIDATES),
            "registered_at": since + timedelta(minutes=random.randint(0, 40 * 24 * 60)),
        }
        for n, account in enumerate(accounts)
    ]
    ids = insert_many(tx, t.candidates, profiles)
    tx.execute(
        insert(t.candidate_trades),
        [
            {"candidate_id": one, "trade": trade}
            for one, some in zip(ids, trades, strict=True)
            for trade in sorted(some)
        ],
    )
    tx.execute(
        insert(t.consents),
        [
            {
                "account_id": profile["account_id"],
                "fair_id": fair_id,
                "given_by": account["email"],
                "wording": words.CONSENT,
                "given_at": profile["registered_at"],
            }
            for account, profile in zip(rows, profiles, strict=True)
        ],
    )
    _documents(tx, zip(ids, rows, profiles, trades, strict=True), random)
    return tuple(
        Player(one, Actor(account, candidates={fair_id: one}), some)
        for one, account, some in zip(ids, accounts, trades, strict=True)
    )


def _trades(random: Random) -> frozenset[str]:
    wanted = random.choices(
        words.TRADES, [trade.weight for trade in words.TRADES], k=random.choices((1, 2, 3), (4, 4, 2))[0]
    )
    return frozenset(trade.name for trade in wanted)


def _documents(
    tx: Connection, people: Iterable[tuple[int, dict[str, Any], dict[str, Any], frozenset[str]]], random: Random
) -> None:
    rows: list[dict[str, Any]] = []
    for candidate_id, account, profile, trades in people:
        if random.random() > 0.6 and rows:
            continue
        name = f"{account['first_name']} {account['last_name']}"
        lines = (profile["level"], ", ".join(sorted(trades)), account["phone"], account["email"], "", profile["about"])
        content = papers.cv(name, lines)
        rows.append(
            {
                "candidate_id": candidate_id,
                "filename": f"cv-{slug(name)}.pdf",
                "size": len(content),
                "content": content,
                "uploaded_at": profile["registered_at"],
            }
        )
    tx.execute(insert(t.documents), rows)


def slug(text: str) -> str:
    """Lower-case ASCII with hyphens, for addresses."""
    plain = normalize("NFKD", text.replace("’", " ").replace("œ", "oe")).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())


def insert_one(tx: Connection, table: Table, row: dict[str, Any]) -> int:
    return insert_many(tx, table, [row])[0]


def insert_many(tx: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> list[int]:
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(tx.execute(statement, list(rows)).scalars())
