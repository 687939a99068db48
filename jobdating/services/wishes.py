"""A candidate's ranked wishes for stands. One that does not suit is kept, and marked."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events, policy
from jobdating.domain.errors import Invalid, NotFound, WishesClosed
from jobdating.domain.policy import Actor
from jobdating.domain.states import Party
from jobdating.queries import timetables
from jobdating.services import rows

MOST = 20


def add(tx: Connection, actor: Actor, *, candidate_id: int, stand_id: int, now: datetime) -> None:
    """Wish for a stand, after the others. Wishing twice is one wish. Raises NotFound, WishesClosed, Invalid (too many)."""
    fair_id = _locked(tx, actor, candidate_id, now=now)
    if tx.execute(select(t.stands.c.fair_id).where(t.stands.c.id == stand_id)).scalar() != fair_id:
        raise NotFound(what="stand")
    ranked = ranking(tx, candidate_id)
    if stand_id in ranked:
        return
    if len(ranked) >= MOST:
        raise Invalid(fields={"stand_id": "too_many"})
    _write(tx, actor, candidate_id, fair_id, [*ranked, stand_id], now=now)


def remove(tx: Connection, actor: Actor, *, candidate_id: int, stand_id: int, now: datetime) -> None:
    """Wish for it no longer. Removing twice is one removing. Raises NotFound, WishesClosed."""
    fair_id = _locked(tx, actor, candidate_id, now=now)
    ranked = ranking(tx, candidate_id)
    if stand_id in ranked:
        _write(tx, actor, candidate_id, fair_id, [each for each in ranked if each != stand_id], now=now)


def place(tx: Connection, actor: Actor, *, candidate_id: int, stand_id: int, rank: int, now: datetime) -> None:
    """Give a wish the rank `rank`; the others keep their order. A rank beyond the ends is the end.

    Raises NotFound, WishesClosed.
    """
    fair_id = _locked(tx, actor, candidate_id, now=now)
    ranked = ranking(tx, candidate_id)
    if stand_id not in ranked:
        raise NotFound(what="wish")
    others = [each for each in ranked if each != stand_id]
    at = min(max(rank, 1), len(ranked)) - 1
    moved = [*others[:at], stand_id, *others[at:]]
    if moved != ranked:
        _write(tx, actor, candidate_id, fair_id, moved, now=now)


def ranking(tx: Connection, candidate_id: int) -> list[int]:
    """The stands a candidate wishes for, the first wish first."""
    w = t.wishes.c
    return list(
        tx.execute(select(w.stand_id).where(w.candidate_id == candidate_id).order_by(w.rank, w.stand_id)).scalars()
    )


def look_again(tx: Connection, candidate_id: int) -> None:
    """Mark anew which wishes suit, after the candidate's trades have changed. Part of another change: no entry."""
    w = t.wishes.c
    for stand_id in ranking(tx, candidate_id):
        suits = rows.is_eligible(tx, candidate_id=candidate_id, stand_id=stand_id)
        tx.execute(
            update(t.wishes).where(w.candidate_id == candidate_id, w.stand_id == stand_id).values(eligible=suits)
        )


def _locked(tx: Connection, actor: Actor, candidate_id: int, *, now: datetime) -> int:
    """The candidate's fair. Raises WishesClosed after the deadline: then only an organiser changes them."""
    fair_id = rows.lock_candidate(tx, candidate_id)
    party = policy.ensure_own(actor, candidate_id=candidate_id, fair_id=fair_id)
    registered_at = select(t.candidates.c.registered_at).where(t.candidates.c.id == candidate_id)
    wishing = timetables.wishing(tx, fair_id)
    newcomer = tx.execute(registered_at).scalar_one()
    if party is Party.CANDIDATE and not wishing.may_rank(registered_at=newcomer, now=now):
        raise WishesClosed(until=wishing.until)
    return fair_id


def _write(tx: Connection, actor: Actor, candidate_id: int, fair_id: int, ranked: list[int], *, now: datetime) -> None:
    before = ranking(tx, candidate_id)
    tx.execute(delete(t.wishes).where(t.wishes.c.candidate_id == candidate_id))
    values = [
        {
            "candidate_id": candidate_id,
            "stand_id": stand_id,
            "rank": rank,
            "eligible": rows.is_eligible(tx, candidate_id=candidate_id, stand_id=stand_id),
        }
        for rank, stand_id in enumerate(ranked, start=1)
    ]
    if values:
        tx.execute(insert(t.wishes), values)
    touched = sorted({*before, *ranked})
    ranking_event = events.WishesRanked(fair_id=fair_id, candidate_id=candidate_id, stand_ids=touched)
    journal.append(tx, ranking_event, at=now, by=actor.account_id)
