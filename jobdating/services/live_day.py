"""Writes down what time changes on a live day: whom to call, what needs a hand, who is wanted in two rooms.

Called by the timekeeper with what it read. The moment that is written is what every page speaks as of.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import errors, events, policy
from jobdating.domain.arbiter import Clash
from jobdating.domain.policy import Actor
from jobdating.domain.states import WAITING
from jobdating.queries.live_day import Look
from jobdating.services import gaps, rows


def due(fair_id: int, found: Look) -> Iterator[tuple[Callable[..., Any], dict[str, Any]]]:
    """What to do about what was found, one short write each: a service and its arguments but `now`."""
    for offer_id in found.gaps.expired:
        yield gaps.expire, {"offer_id": offer_id}
    for stand_id in found.gaps.closing:
        yield gaps.close, {"stand_id": stand_id}
    for plan in found.gaps.plans:
        asked = {"candidate_ids": plan.candidate_ids, "until": plan.until, "answer_by": plan.answer_by}
        yield gaps.offer, {"stand_id": plan.stand_id, "cause_id": plan.cause_id, **asked}
    if found.turned:
        yield turn, {"fair_id": fair_id, "stand_ids": found.turned}
    if found.clashes or found.gone:
        yield clash, {"fair_id": fair_id, "found": found.clashes, "gone": found.gone}
    if found.troubled:
        yield see_to, {"fair_id": fair_id, "stand_ids": found.troubled}


def turn(tx: Connection, *, fair_id: int, stand_ids: Iterable[int], now: datetime) -> None:
    """The pages of these stands speak as of `now`: somebody is due, or a grace is over."""
    ids = sorted(stand_ids)
    tx.execute(update(t.stands).where(t.stands.c.id.in_(ids)).values(turned_at=now))
    for stand_id in ids:
        journal.append(tx, events.TurnChanged(fair_id=fair_id, stand_id=stand_id), at=now)


def see_to(tx: Connection, *, fair_id: int, stand_ids: Iterable[int], now: datetime) -> None:
    """What needs a hand is told as of `now`; it changed at these stands."""
    tx.execute(update(t.fairs).where(t.fairs.c.id == fair_id).values(looked_at=now))
    for stand_id in sorted(stand_ids):
        journal.append(tx, events.TroubleChanged(fair_id=fair_id, stand_id=stand_id), at=now)


def clash(tx: Connection, *, fair_id: int, found: Iterable[Clash], gone: Iterable[int], now: datetime) -> None:
    """Keep the clashes that are expected: both stands are told when one appears, moves or passes."""
    for row in tx.execute(select(t.clashes).where(t.clashes.c.id.in_(list(gone)))).all():
        here, there = rows.stand_of(tx, row.first_id), rows.stand_of(tx, row.second_id)
        tx.execute(delete(t.clashes).where(t.clashes.c.id == row.id))
        passed = events.ClashGone(fair_id=fair_id, stand_id=here, other_stand_id=there, candidate_id=row.candidate_id)
        journal.append(tx, passed, at=now)
    for each in found:
        pair = (t.clashes.c.first_id == each.first.booking_id, t.clashes.c.second_id == each.second.booking_id)
        times = {"first_at": each.first.call_at, "second_at": each.second.call_at}
        if not tx.execute(update(t.clashes).where(*pair).values(**times)).rowcount:
            tx.execute(
                insert(t.clashes).values(
                    fair_id=fair_id, candidate_id=each.candidate_id, first_id=each.first.booking_id,
                    second_id=each.second.booking_id, found_at=now, **times,
                )
            )  # fmt: skip
        expected = events.ClashFound(
            fair_id=fair_id, stand_id=each.first.stand_id, other_stand_id=each.second.stand_id,
            candidate_id=each.candidate_id,
        )  # fmt: skip
        journal.append(tx, expected, at=now)


def yield_place(tx: Connection, actor: Actor, *, stand_id: int, clash_id: int, back: bool, now: datetime) -> None:
    """The stand lets the other go first with the person both expect, who keeps the place here; or no longer (`back`).

    Raises NotFound (also for what is over), WrongState when the other stand has let go already.
    """
    stand = rows.lock_stand(tx, stand_id)
    policy.ensure_staff(actor, stand_id=stand_id, fair_id=stand.fair_id)
    row = tx.execute(select(t.clashes).where(t.clashes.c.id == clash_id).with_for_update()).first()
    if row is None:
        raise errors.NotFound(what="clash")
    places = {rows.stand_of(tx, booking_id): booking_id for booking_id in (row.first_id, row.second_id)}
    if stand_id not in places:
        raise errors.NotFound(what="clash")
    own, other_stand = places[stand_id], next(each for each in places if each != stand_id)
    wanted = None if back else own
    if row.yielded_id == wanted:
        return
    state = rows.booking(tx, own).state
    if row.yielded_id not in (None, own) or state not in WAITING:
        raise errors.WrongState(state=state)
    tx.execute(update(t.clashes).where(t.clashes.c.id == clash_id).values(yielded_id=wanted))
    said = events.PlaceYielded(
        fair_id=stand.fair_id, stand_id=stand_id, other_stand_id=other_stand, candidate_id=row.candidate_id, back=back
    )
    journal.append(tx, said, at=now, by=actor.account_id)
