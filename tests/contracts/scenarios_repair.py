"""What an organiser or a lead does to the people of a stand together, and takes back."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.domain import events
from jobdating.domain.repair import Asked, Way
from jobdating.domain.slots import Span
from jobdating.queries import repair as queries
from jobdating.services import blocking, booking, closing, presence, repair
from tests.contracts.scenarios_line import offer, start
from tests.contracts.world import Scenario, World, steps
from tests.factories import BEFORE


def repaired(way: Way, **values: Any) -> Callable[[Connection, World], None]:
    """Look, and agree to what is shown."""

    def act(tx: Connection, w: World) -> None:
        asked = Asked(way, date(2027, 6, 17), w.now, **values)
        plan = queries.repair(tx, w.fair_id, w.stand, asked=asked)
        chosen = {move.person.booking_id: move.place.slot_id for move in plan.placed if move.place}
        repair.carry_out(
            tx, w.organiser, fair_id=w.fair_id, stand_id=w.stand, asked=asked, seen=plan.plan.seen, chosen=chosen,
            now=w.now,
        )  # fmt: skip

    return act


def there(tx: Connection, w: World) -> None:
    """The recruiters of the other stands are at their pages."""
    presence.record(tx, candidates={}, stands={w.colleague: True, w.full: True}, now=w.now)


def undone(tx: Connection, w: World) -> None:
    [repair_id] = tx.execute(select(t.repairs.c.id)).scalars()
    repair.undo(tx, w.organiser, fair_id=w.fair_id, repair_id=repair_id, now=w.now + timedelta(minutes=2))


def settled(tx: Connection, w: World) -> None:
    repair.settle(tx, now=w.now + timedelta(minutes=11))


def nowhere_else(tx: Connection, w: World) -> None:
    """The first candidate is expected next door when the stand would be ready for them, and all else is blocked."""
    booking.book(tx, w.organiser, slot_id=w.other_slots[2], candidate_id=w.candidate(0), now=BEFORE)
    day = Span(w.now - timedelta(hours=1), w.now + timedelta(hours=12))
    blocking.block(tx, w.organiser, fair_id=w.fair_id, stand_id=None, span=day, now=w.now - timedelta(hours=1))


SHIFT = repaired(Way.SHIFT, minutes=15)
SPREAD = repaired(Way.SPREAD)
CLOSE = repaired(Way.CLOSE, whole_day=True)
SCENARIOS = [
    Scenario(
        "a stand is a quarter of an hour late",
        (events.StandRepaired, events.BookingMoved),
        SHIFT,
        before=steps(there, offer),
    ),
    Scenario("a stand is late while an interview runs", (events.StandRepaired,), SHIFT, before=steps(there, start)),
    Scenario(
        "a stand is late and somebody cannot come then",
        (events.StandRepaired, events.BookingMoved),
        SHIFT,
        before=steps(there, nowhere_else),
    ),
    Scenario("a stand is faster", (events.StandRepaired,), repaired(Way.SHIFT, minutes=-5), before=there),
    Scenario("the people of a stand are spread", (events.StandRepaired, events.BookingMoved), SPREAD, before=there),
    Scenario("the people of a stand come later", (events.StandRepaired,), repaired(Way.LATER), before=there),
    Scenario("a stand closes for the day", (events.StandRepaired,), CLOSE, before=steps(there, offer)),
    Scenario(
        "a stand closes and nobody finds another place",
        (events.BookingCancelled, events.WaitlistJoined),
        CLOSE,
        before=steps(there, nowhere_else),
    ),
    Scenario("a shift is taken back", (events.RepairUndone, events.BookingMoved), undone, before=steps(there, SHIFT)),
    Scenario("spreading is taken back", (events.RepairUndone,), undone, before=steps(there, SPREAD)),
    Scenario(
        "closing is taken back",
        (events.RepairUndone, events.BookingRestored),
        undone,
        before=steps(there, nowhere_else, CLOSE),
    ),
    Scenario(
        "a stand that was closed opens again in time",
        (events.StandTurned,),
        lambda tx, w: repair.settle(tx, now=w.now + timedelta(days=1)),
        before=steps(there, CLOSE, settled),
    ),
    Scenario(
        "a stand that was closed is opened again by its people",
        (events.StandTurned,),
        lambda tx, w: closing.reopen(tx, w.recruiter, stand_id=w.stand, now=w.now),
        before=steps(there, CLOSE),
    ),
    Scenario("a shift can no longer be taken back", (events.RepairSettled,), settled, before=steps(there, SHIFT)),
]
