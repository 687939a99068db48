"""Where to walk in while one waits: stands that suit, are at work, and have not seen the person yet."""

from datetime import timedelta

from sqlalchemy import Connection, update

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.states import BookingState
from jobdating.queries.meanwhile import meanwhile
from jobdating.services import booking
from tests import factories as make


async def test_a_stand_that_has_seen_somebody_is_not_proposed_to_them_again(db: Database) -> None:
    now = make.MORNING + timedelta(minutes=20)

    def story(tx: Connection) -> None:
        fair = make.make_fair(tx, live_day=make.MORNING.date())
        stands = [make.make_stand(tx, fair, takes_walk_ins=True, connected_since=make.MORNING) for _ in range(2)]
        slots = [make.make_slots(tx, stand) for stand in stands]
        ines = make.make_candidate(tx, fair)
        proposed = meanwhile(tx, ines.candidates[fair], now=now)
        assert proposed is not None
        assert [each.stand_id for each in proposed.chances] == stands
        seen = booking.book(tx, ines, slot_id=slots[0][0], now=make.BEFORE)
        over = {"state": BookingState.DONE.value, "ended_at": now - timedelta(minutes=5)}
        tx.execute(update(t.bookings).where(t.bookings.c.id == seen.id).values(**over))
        proposed = meanwhile(tx, ines.candidates[fair], now=now)
        assert proposed is not None
        assert [each.stand_id for each in proposed.chances] == stands[1:]

    await db.write(story)
