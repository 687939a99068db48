"""What the organiser's pages of the timetable show besides the drafts: names, proposals, who is denied what."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select

from jobdating.db import tables as t
from jobdating.domain.naming import fold
from jobdating.queries.demand import Demand

PROPOSED = 12  # candidates a stand is proposed
FEW = 0.4  # wishes a place: below it a stand has too few


@dataclass(frozen=True)
class Size:
    """How large the fair is."""

    candidates: int
    stands: int


@dataclass(frozen=True)
class Named:
    """A candidate by name; `short` is what others may read."""

    candidate_id: int
    name: str
    short: str


@dataclass(frozen=True)
class Wished:
    """A wish of somebody, and what a draft gives: a moment, or why not. `decision` is what was decided by hand."""

    rank: int
    stand_id: int
    stand: str
    starts_at: datetime | None
    code: str | None
    decision: str | None


@dataclass(frozen=True)
class Proposal:
    """A candidate who fits a stand and does not wish for it. `interviews` is what the draft gives them so far."""

    candidate_id: int
    name: str
    level: str
    trades: tuple[str, ...]
    site: str
    interviews: int
    asked: bool
    near: bool
    same_level: bool


@dataclass(frozen=True)
class Quiet:
    """A stand with fewer requests than places, with whom to ask."""

    stand_id: int
    stand: str
    trades: tuple[str, ...]
    demand: Demand
    proposals: tuple[Proposal, ...]


def size(tx: Connection, fair_id: int) -> Size:
    """Two statements."""
    people = select(func.count()).select_from(t.candidates).where(t.candidates.c.fair_id == fair_id)
    stands = select(func.count()).select_from(t.stands).where(t.stands.c.fair_id == fair_id, ~t.stands.c.closed)
    return Size(tx.execute(people).scalar_one(), tx.execute(stands).scalar_one())


def found(tx: Connection, fair_id: int, words: str, *, limit: int = 12) -> list[Named]:
    """Candidates whose name has all these words; accents and case do not matter."""
    wanted = fold(words).split()
    if not wanted:
        return []
    people = [each for each in names(tx, fair_id).values() if all(word in fold(each.name) for word in wanted)]
    return sorted(people, key=lambda each: (fold(each.name) != fold(words), fold(each.name)))[:limit]


def names(tx: Connection, fair_id: int, ids: Collection[int] | None = None) -> dict[int, Named]:
    """Candidates of the fair by id: all, or these."""
    query = (
        select(t.candidates.c.id, t.accounts.c.first_name, t.accounts.c.last_name, t.accounts.c.email)
        .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
        .where(t.candidates.c.fair_id == fair_id)
    )
    if ids is not None:
        query = query.where(t.candidates.c.id.in_(list(ids)))
    return {
        row.id: Named(
            row.id,
            f"{row.first_name} {row.last_name}".strip() or row.email,
            f"{row.first_name} {row.last_name[:1]}{'.' if row.last_name else ''}".strip(),
        )
        for row in tx.execute(query.order_by(t.candidates.c.id))
    }


def stand_names(tx: Connection, fair_id: int) -> dict[int, str]:
    rows = tx.execute(select(t.stands.c.id, t.stands.c.name).where(t.stands.c.fair_id == fair_id))
    return {row.id: row.name for row in rows}


def slot_times(tx: Connection, fair_id: int) -> dict[int, tuple[int, datetime]]:
    """The stand and the start of every slot."""
    s = t.slots.c
    rows = tx.execute(select(s.id, s.stand_id, s.starts_at).join(t.stands).where(t.stands.c.fair_id == fair_id))
    return {row.id: (row.stand_id, row.starts_at) for row in rows}


def wished(tx: Connection, fair_id: int, candidate_id: int, draft: Any) -> list[Wished]:
    """The wishes of one candidate as a draft answers them, the first wish first."""
    w, d = t.wishes.c, t.decisions.c
    times = slot_times(tx, fair_id)
    given = {times[slot][0]: times[slot][1] for who, slot, _ in draft.interviews or () if who == candidate_id}
    codes = {stand: code for who, stand, code in draft.denied or () if who == candidate_id}
    decided = {
        row.stand_id: row.decision
        for row in tx.execute(select(d.stand_id, d.decision).where(d.candidate_id == candidate_id))
    }
    rows = tx.execute(
        select(w.rank, w.stand_id, t.stands.c.name)
        .join(t.stands, t.stands.c.id == w.stand_id)
        .where(w.candidate_id == candidate_id)
        .order_by(w.rank, w.stand_id)
    )
    return [
        Wished(
            rank, row.stand_id, row.name, given.get(row.stand_id), codes.get(row.stand_id), decided.get(row.stand_id)
        )
        for rank, row in enumerate(rows, 1)
    ]


def quiet(tx: Connection, fair_id: int, demands: Mapping[int, Demand], counts: Mapping[int, int]) -> list[Quiet]:
    """Stands with too few requests, the emptiest first, and who would fit: by trade, then level and place, and those
    with the fewest interviews first (`counts`). Six statements."""
    few = {id_: each for id_, each in demands.items() if each.places and each.wishes < FEW * each.places}
    if not few:
        return []
    names_ = stand_names(tx, fair_id)
    wanted = _grouped(tx, select(t.stand_trades.c.stand_id, t.stand_trades.c.trade).join(t.stands), t.stands, fair_id)
    offered = tx.execute(
        select(t.stands.c.id, t.stands.c.site_id, t.companies.c.town, t.offers.c.level)
        .select_from(t.stands)
        .join(t.companies, t.companies.c.id == t.stands.c.company_id)
        .outerjoin(t.offers, t.offers.c.company_id == t.companies.c.id)
        .where(t.stands.c.fair_id == fair_id)
    ).all()
    levels: dict[int, set[str]] = {}
    places: dict[int, set[str]] = {}
    for row in offered:
        levels.setdefault(row.id, set()).add(row.level or "")
        places.setdefault(row.id, set()).add(fold(row.town))
    people = _people(tx, fair_id)
    wished_ = {(row.candidate_id, row.stand_id) for row in _pairs(tx, t.wishes, fair_id)}
    asked = {(row.candidate_id, row.stand_id) for row in _pairs(tx, t.solicitations, fair_id)}
    ordered = sorted(few.values(), key=lambda each: (each.wishes / each.places, names_[each.stand_id]))
    result = []
    for each in ordered:
        stand_id, trades = each.stand_id, wanted.get(each.stand_id, set())
        fitting = [
            Proposal(
                row.id, row.short, row.level, tuple(sorted(row.trades)), row.site, counts.get(row.id, 0),
                asked=(row.id, stand_id) in asked,
                near=any(_near(town, row.place) for town in places[stand_id]),
                same_level=row.level in levels[stand_id],
            )
            for row in people
            if (row.id, stand_id) not in wished_ and (not trades or not trades.isdisjoint(row.trades))
        ]  # fmt: skip
        fitting.sort(key=lambda one: (one.asked, one.interviews, not one.same_level, not one.near, one.candidate_id))
        result.append(Quiet(stand_id, names_[stand_id], tuple(sorted(trades)), each, tuple(fitting[:PROPOSED])))
    return result


def _near(town: str, place: str) -> bool:
    """Whether a company's town and a candidate's centre name the same place."""
    return bool(town and place) and (town in place or place in town)


@dataclass(frozen=True)
class _Person:
    id: int
    short: str
    level: str
    site: str
    place: str
    trades: frozenset[str]


def _people(tx: Connection, fair_id: int) -> list[_Person]:
    trades = _grouped(
        tx,
        select(t.candidate_trades.c.candidate_id, t.candidate_trades.c.trade).join(t.candidates),
        t.candidates,
        fair_id,
    )
    c = t.candidates.c
    rows = tx.execute(
        select(c.id, c.level, t.accounts.c.first_name, t.accounts.c.last_name, t.sites.c.name.label("site"))
        .join(t.accounts, t.accounts.c.id == c.account_id)
        .outerjoin(t.sites, t.sites.c.id == c.site_id)
        .where(c.fair_id == fair_id)
        .order_by(c.id)
    )
    return [
        _Person(
            row.id,
            f"{row.first_name} {row.last_name[:1]}{'.' if row.last_name else ''}".strip(),
            row.level,
            row.site or "",
            fold(row.site or ""),
            frozenset(trades.get(row.id, ())),
        )
        for row in rows
    ]


def _grouped(tx: Connection, query: Any, owner: Table, fair_id: int) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for key, value in tx.execute(query.where(owner.c.fair_id == fair_id)):
        found.setdefault(key, set()).add(value)
    return found


def _pairs(tx: Connection, table: Any, fair_id: int) -> Any:
    query = select(table.c.candidate_id, table.c.stand_id).join(t.candidates, t.candidates.c.id == table.c.candidate_id)
    return tx.execute(query.where(t.candidates.c.fair_id == fair_id))
