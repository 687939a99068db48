"""Small, real things to test with: each function inserts one and returns its id."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import count

from sqlalchemy import Connection

from jobdating.db import tables as t
from jobdating.domain.policy import Actor

# Before the fair, while booking is open; and the first minute of its first day (9:00 in Paris).
BEFORE = datetime(2027, 6, 1, 8, tzinfo=UTC)
MORNING = datetime(2027, 6, 17, 7, tzinfo=UTC)
_number = count(1)


def make_fair(tx: Connection, /, **values: object) -> int:
    n = next(_number)
    defaults: dict[str, object] = {
        "slug": f"juin-{n}",
        "name": "Job dating",
        "first_day": date(2027, 6, 17),
        "last_day": date(2027, 6, 19),
        "hours": [["09:00", "12:00"], ["14:00", "17:00"]],
        "opens_at": datetime(2027, 5, 1, tzinfo=UTC),
        "closes_at": datetime(2027, 6, 16, 16, tzinfo=UTC),
        "interview_minutes": 10,
        "buffer_minutes": 5,
        "cap": 5,
    }
    return _insert(tx, t.fairs, defaults | values)


def make_company(tx: Connection, fair_id: int, **values: object) -> int:
    n = next(_number)
    return _insert(tx, t.companies, {"fair_id": fair_id, "slug": f"company-{n}", "name": f"Ateliers {n}"} | values)


def make_stand(tx: Connection, fair_id: int, *, trades: Iterable[str] = ("Soudage",), **values: object) -> int:
    n = next(_number)
    company_id = values.pop("company_id", None) or make_company(tx, fair_id)
    defaults: dict[str, object] = {
        "fair_id": fair_id,
        "company_id": company_id,
        "slug": f"stand-{n}",
        "name": f"Stand {n}",
    }
    stand_id = _insert(tx, t.stands, defaults | values)
    for trade in trades:
        tx.execute(t.stand_trades.insert().values(stand_id=stand_id, trade=trade))
    return stand_id


def make_slots(
    tx: Connection, stand_id: int, *, count: int = 12, start: datetime = MORNING, capacity: int = 1
) -> list[int]:
    """`count` slots of 10 minutes, a quarter of an hour apart."""
    starts = [start + timedelta(minutes=15 * n) for n in range(count)]
    return [
        _insert(
            tx,
            t.slots,
            {"stand_id": stand_id, "starts_at": at, "ends_at": at + timedelta(minutes=10), "capacity": capacity},
        )
        for at in starts
    ]


def make_account(tx: Connection, /, **values: object) -> int:
    n = next(_number)
    defaults: dict[str, object] = {
        "email": f"personne{n}@candidat.example",
        "first_name": "Inès",
        "last_name": f"Besnard {n}",
        "created_at": BEFORE,
    }
    return _insert(tx, t.accounts, defaults | values)


def make_candidate(tx: Connection, fair_id: int, *, trades: Iterable[str] = ("Soudage",), **values: object) -> Actor:
    """A candidate of the fair, as the actor they are: `actor.candidates[fair_id]` is the id."""
    account_id = make_account(tx)
    defaults: dict[str, object] = {"fair_id": fair_id, "account_id": account_id, "registered_at": BEFORE}
    candidate_id = _insert(tx, t.candidates, defaults | values)
    for trade in trades:
        tx.execute(t.candidate_trades.insert().values(candidate_id=candidate_id, trade=trade))
    return Actor(account_id, candidates={fair_id: candidate_id})


def make_recruiter(tx: Connection, stand_id: int, *, lead: bool = False) -> Actor:
    account_id = make_account(tx)
    _insert(tx, t.recruiters, {"stand_id": stand_id, "account_id": account_id, "lead": lead})
    return Actor(account_id, stands=frozenset({stand_id}))


def make_organiser(tx: Connection, fair_id: int) -> Actor:
    account_id = make_account(tx)
    _insert(tx, t.organisers, {"fair_id": fair_id, "account_id": account_id})
    return Actor(account_id, fairs=frozenset({fair_id}))


def _insert(tx: Connection, table: object, values: dict[str, object]) -> int:
    return tx.execute(table.insert().values(**values).returning(table.c.id)).scalar_one()  # type: ignore[attr-defined]
