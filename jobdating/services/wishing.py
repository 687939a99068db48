"""How a fair gives its places: its mode and deadline, reminding who has not ranked, opening what the timetable left."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events, policy
from jobdating.domain.errors import Invalid, NotFound
from jobdating.domain.policy import Actor
from jobdating.domain.wishing import Mode
from jobdating.queries import timetables
from jobdating.services import timetable_notices

MOST_ASKED = 200  # candidates asked at once to wish for one stand


def change(tx: Connection, actor: Actor, *, fair_id: int, mode: Mode, until: datetime | None, now: datetime) -> None:
    """Choose the mode and the deadline. Raises NotFound, Invalid beside the field."""
    policy.ensure_organiser(actor, fair_id=fair_id)
    fair = tx.execute(select(t.fairs).where(t.fairs.c.id == fair_id)).first()
    if fair is None:
        raise NotFound(what="fair")
    if mode is Mode.WISHES and until is None:
        raise Invalid(fields={"wishes_until": "missing"})
    if until is not None and until.date() > fair.last_day:
        raise Invalid(fields={"wishes_until": "after_fair"})
    if (fair.mode, fair.wishes_until) == (mode.value, until):
        return
    tx.execute(update(t.fairs).where(t.fairs.c.id == fair_id).values(mode=mode.value, wishes_until=until))
    ahead = until if mode is Mode.WISHES else None
    timetable_notices.remind_before(tx, fair_id, until=ahead, now=now)
    journal.append(tx, events.FairChanged(fair_id=fair_id), at=now, by=actor.account_id)


def remind(tx: Connection, actor: Actor, *, fair_id: int, now: datetime) -> int:
    """Mail everybody who has not ranked any wish; how many. Raises NotFound, Invalid when there is nobody or it is late."""
    policy.ensure_organiser(actor, fair_id=fair_id)
    wishing = timetables.wishing(tx, fair_id)
    if wishing.until is not None and wishing.until <= now:
        raise Invalid(fields={"remind": "too_late"})
    wished = select(t.wishes.c.rank).where(t.wishes.c.candidate_id == t.candidates.c.id).exists()
    silent = list(
        tx.execute(
            select(t.candidates.c.id).where(t.candidates.c.fair_id == fair_id, ~wished).order_by(t.candidates.c.id)
        ).scalars()
    )
    if not silent:
        raise Invalid(fields={"remind": "nobody"})
    _ask(tx, actor, fair_id, silent, stand_id=None, now=now)
    return len(silent)


def solicit(
    tx: Connection, actor: Actor, *, fair_id: int, stand_id: int, candidate_ids: list[int], now: datetime
) -> int:
    """Mail candidates that a stand looks for their trade, so that they wish for it; how many.

    Who was asked before, or wishes for it already, is left out. Raises NotFound, Invalid.
    """
    policy.ensure_organiser(actor, fair_id=fair_id)
    if tx.execute(select(t.stands.c.fair_id).where(t.stands.c.id == stand_id)).scalar() != fair_id:
        raise NotFound(what="stand")
    if not candidate_ids or len(candidate_ids) > MOST_ASKED:
        raise Invalid(fields={"candidate": "missing" if not candidate_ids else "too_many"})
    c = t.candidates.c
    asked = select(t.solicitations.c.id).where(
        t.solicitations.c.candidate_id == c.id, t.solicitations.c.stand_id == stand_id
    )
    wished = select(t.wishes.c.rank).where(t.wishes.c.candidate_id == c.id, t.wishes.c.stand_id == stand_id)
    chosen = select(c.id).where(c.fair_id == fair_id, c.id.in_(candidate_ids), ~asked.exists(), ~wished.exists())
    people = list(tx.execute(chosen.order_by(c.id)).scalars())
    if people:
        _ask(tx, actor, fair_id, people, stand_id=stand_id, now=now)
    return len(people)


def open_rest(tx: Connection, actor: Actor, *, fair_id: int, now: datetime) -> None:
    """Let candidates book what the published timetable left. Opening twice is one opening. Raises NotFound, Invalid."""
    policy.ensure_organiser(actor, fair_id=fair_id)
    wishing = timetables.wishing(tx, fair_id)
    if wishing.mode is not Mode.WISHES or wishing.published_at is None:
        raise Invalid(fields={"rest": "not_published"})
    if wishing.rest_open:
        return
    tx.execute(update(t.fairs).where(t.fairs.c.id == fair_id).values(rest_open=True))
    journal.append(tx, events.RestOpened(fair_id=fair_id), at=now, by=actor.account_id)


def _ask(
    tx: Connection, actor: Actor, fair_id: int, candidate_ids: list[int], *, stand_id: int | None, now: datetime
) -> None:
    rows = [{"candidate_id": id_, "stand_id": stand_id, "asked_at": now} for id_ in candidate_ids]
    tx.execute(insert(t.solicitations), rows)
    timetable_notices.wishes_asked(tx, candidate_ids, stand_id=stand_id, now=now)
    event = events.WishesAsked(fair_id=fair_id, stand_id=stand_id, count=len(candidate_ids))
    journal.append(tx, event, at=now, by=actor.account_id)
