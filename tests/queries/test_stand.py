"""How a stand and its slots look to everybody, and what forbids them to one candidate."""

from datetime import date, timedelta

from sqlalchemy import Connection

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.half_day import HalfDay
from jobdating.queries import commitments, fair, listing, stand, stand_rows
from jobdating.queries.stand import SlotLook
from jobdating.services import booking, queue, timekeeper, waitlist
from tests import factories as make


class World:
    """A stand with four slots on the first morning and two on the second afternoon."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx)
        self.stand = make.make_stand(tx, self.fair)
        self.slots = make.make_slots(tx, self.stand, count=4)
        self.later = make.make_slots(tx, self.stand, count=2, start=make.MORNING + timedelta(days=1, hours=6))
        self.candidate = make.make_candidate(tx, self.fair)
        self.candidate_id = self.candidate.candidates[self.fair]


async def test_the_board_has_days_half_days_and_what_each_slot_looks_like(db: Database) -> None:
    def story(tx: Connection) -> None:
        world = World(tx)
        booking.book(tx, world.candidate, slot_id=world.slots[1], now=make.BEFORE)
        tx.execute(t.slots.update().where(t.slots.c.id == world.slots[2]).values(state="blocked"))
        board = stand.board(tx, world.stand)
        assert board is not None
        assert [(day.day, day.free, [half for half, _ in day.halves]) for day in board.days] == [
            (date(2027, 6, 17), 2, [HalfDay.MORNING]),
            (date(2027, 6, 18), 2, [HalfDay.AFTERNOON]),
        ]
        assert [slot.look for slot in board.slots[:4]] == [
            SlotLook.FREE,
            SlotLook.TAKEN,
            SlotLook.CLOSED,
            SlotLook.FREE,
        ]
        assert stand.slot(tx, world.slots[1]) == board.slots[1]
        assert stand.slot(tx, 999) is None and stand.board(tx, 999) is None and stand.status(tx, 999) is None

    await db.write(story)


async def test_a_group_slot_is_free_until_its_last_place(db: Database) -> None:
    def story(tx: Connection) -> None:
        world = World(tx)
        [group] = make.make_slots(tx, world.stand, count=1, start=make.MORNING + timedelta(days=2), capacity=2)
        for left in (1, 0):
            booking.book(tx, make.make_candidate(tx, world.fair), slot_id=group, now=make.BEFORE)
            found = stand.slot(tx, group)
            assert found is not None and found.free == left
            assert found.look is (SlotLook.FREE if left else SlotLook.TAKEN)

    await db.write(story)


async def test_everybody_counts_the_same_free_places(db: Database) -> None:
    def story(tx: Connection) -> None:
        world = World(tx)
        booking.book(tx, world.candidate, slot_id=world.slots[3], now=make.BEFORE)
        make.make_slots(tx, make.make_stand(tx, world.fair, closed=True), count=3)
        tx.execute(t.fairs.update().values(free_from=make.MORNING + timedelta(minutes=1)))
        room, row, board = (
            fair.room(tx, world.fair),
            stand_rows.stand_row(tx, world.stand),
            stand.board(tx, world.stand),
        )
        status = stand.status(tx, world.stand)
        assert room and row and board and status
        slots = listing.slots(tx, world.fair, stand_id=None, free=True, after=0, limit=50)
        counts = [room.free, row.free, sum(day.free for day in board.days), status.free, len(slots.rows)]
        assert counts == [4] * 5
        assert listing.counts(tx, world.fair)["free"] == 4
        assert [slot.id for slot in row.next] == [world.slots[1], world.slots[2], world.later[0]]
        assert stand_rows.stand_rows(tx, [world.stand]) == [row]

    await db.write(story)


async def test_the_timekeeper_tells_once_for_each_slot_that_can_no_longer_be_taken(db: Database) -> None:
    def story(tx: Connection) -> None:
        world = World(tx)
        told = []
        for minutes in (-60, -31, -30, -29, -20, -15, -10):
            timekeeper.keep(tx, now=make.MORNING + timedelta(minutes=minutes))
            told.append(tx.execute(t.journal.select().where(t.journal.c.kind == "PlacesPassed")).all())
        assert [len(entries) for entries in told] == [0, 0, 0, 1, 1, 1, 2]
        found = stand.slot(tx, world.slots[0])
        assert found is not None and found.look is SlotLook.PASSED

    await db.write(story)


async def test_the_status_tells_the_day_the_line_and_who_waits(db: Database) -> None:
    def story(tx: Connection) -> None:
        world = World(tx)
        before = stand.status(tx, world.stand)
        assert before is not None and not before.plays_today and not before.is_full
        for slot_id in (*world.slots, *world.later):
            booking.book(tx, make.make_candidate(tx, world.fair), slot_id=slot_id, now=make.BEFORE)
        waitlist.join(tx, world.candidate, stand_id=world.stand, now=make.BEFORE)
        tx.execute(t.fairs.update().values(live_day=date(2027, 6, 17)))
        queue.join(tx, make.make_candidate(tx, world.fair), stand_id=world.stand, now=make.MORNING)
        status = stand.status(tx, world.stand)
        assert status is not None
        assert (status.is_full, status.waiting, status.plays_today, status.line) == (True, 1, True, 1)

    await db.write(story)


async def test_commitments_refuse_as_the_booking_would(db: Database) -> None:
    def story(tx: Connection) -> None:
        world = World(tx)
        made = booking.book(tx, world.candidate, slot_id=world.slots[1], now=make.BEFORE)
        other = make.make_slots(tx, make.make_stand(tx, world.fair), count=5)
        own = commitments.commitments(tx, world.candidate_id)
        assert own is not None
        codes = []
        for slot_id in other:
            slot = stand.slot(tx, slot_id)
            assert slot is not None
            refusal = own.refusal(slot, eligible=True, moving=None, now=make.BEFORE)
            codes.append(refusal.code if refusal else None)
            assert own.refusal(slot, eligible=True, moving=made.id, now=make.BEFORE) is None
        assert codes == ["too_close", "overlap", "too_close", None, None]
        first = stand.slot(tx, other[4])
        assert first is not None
        refused = own.refusal(first, eligible=False, moving=None, now=make.BEFORE)
        assert refused is not None and refused.code == "not_eligible"

    await db.write(story)


async def test_the_nearest_free_slots_come_in_order_of_time(db: Database) -> None:
    def story(tx: Connection) -> None:
        world = World(tx)
        booking.book(tx, world.candidate, slot_id=world.slots[2], now=make.BEFORE)
        board = stand.board(tx, world.stand)
        assert board is not None
        near = stand.nearest(board, board.slots[2])
        assert [slot.id for slot in near] == [world.slots[0], world.slots[1], world.slots[3]]

    await db.write(story)


async def test_a_stand_whose_slots_have_all_passed_is_over_and_not_full(db: Database) -> None:
    def story(tx: Connection) -> None:
        world = World(tx)
        last = make.MORNING + timedelta(days=1, hours=6, minutes=15)
        for until, over in ((last, False), (last + timedelta(minutes=1), True)):
            tx.execute(t.fairs.update().where(t.fairs.c.id == world.fair).values(free_from=until))
            status, row = stand.status(tx, world.stand), stand_rows.stand_row(tx, world.stand)
            room = fair.room(tx, world.fair)
            assert status is not None and row is not None and room is not None
            assert (status.over, row.over, room.over, status.is_full) == (over, over, over, False)

    await db.write(story)
