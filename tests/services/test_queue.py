"""The live line: every step from every state, pressed once and twice, and what goes otherwise than planned."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain import errors
from jobdating.domain.policy import Actor
from jobdating.domain.states import BookingState, NextStep, Origin
from jobdating.services import booking, queue, review
from tests import factories as make

S = BookingState
MINUTE = timedelta(minutes=1)
NOW = make.MORNING + 5 * MINUTE
Act = Callable[..., Any]


class Day:
    """The morning of a stand and its colleague's, with a candidate booked at nine and one at a quarter past."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, live_day=date(2027, 6, 17))
        company = make.make_company(tx, self.fair)
        self.stand = make.make_stand(tx, self.fair, company_id=company)
        self.colleague = make.make_stand(tx, self.fair, company_id=company)
        self.elsewhere = make.make_stand(tx, self.fair)
        self.slots = make.make_slots(tx, self.stand)
        self.other_slots = make.make_slots(tx, self.elsewhere)
        self.ines, self.hugo = make.make_candidate(tx, self.fair), make.make_candidate(tx, self.fair)
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.stranger = make.make_recruiter(tx, self.elsewhere)
        self.organiser = make.make_organiser(tx, self.fair)
        self.first = booking.book(tx, self.ines, slot_id=self.slots[0], now=make.BEFORE).id
        self.second = booking.book(tx, self.hugo, slot_id=self.slots[1], now=make.BEFORE).id


@pytest.fixture
async def day(db: Database) -> Day:
    return await db.write(Day)


def row(tx: Connection, booking_id: int) -> Any:
    return tx.execute(select(t.bookings).where(t.bookings.c.id == booking_id)).one()


async def stored(db: Database, booking_id: int) -> Any:
    return await db.read(row, booking_id)


async def entries(db: Database) -> list[str]:
    def read(tx: Connection) -> list[str]:
        return list(tx.execute(select(t.journal.c.kind).order_by(t.journal.c.id)).scalars())

    return await db.read(read)


def put(tx: Connection, booking_id: int, state: BookingState) -> None:
    """A booking in a state, with the times that go with it."""
    known: dict[BookingState, dict[str, Any]] = {
        S.CHECKED_IN: {"checked_in_at": NOW},
        S.CALLED: {"checked_in_at": NOW, "called_at": NOW},
        S.IN_PROGRESS: {"checked_in_at": NOW, "called_at": NOW, "started_at": NOW},
        S.DONE: {"checked_in_at": NOW, "called_at": NOW, "started_at": NOW, "ended_at": NOW},
        S.NO_SHOW: {"ended_at": NOW, "previous_state": "booked"},
        S.CANCELLED: {"ended_at": NOW, "cancelled_by": "stand", "previous_state": "booked"},
        S.HELD: {"expires_at": NOW + timedelta(hours=1)},
    }
    none = ("checked_in_at", "called_at", "started_at", "ended_at", "stepped_aside_at", "previous_state", "expires_at")
    values: dict[str, Any] = {**dict.fromkeys(none), **known.get(state, {})}
    tx.execute(update(t.bookings).where(t.bookings.c.id == booking_id).values(state=state.value, **values))


STEPS: dict[str, Act] = {
    "check_in": queue.check_in,
    "call": queue.call,
    "start": queue.start,
    "extend": queue.extend,
    "finish": queue.finish,
    "no_show": queue.no_show,
    "undo": queue.undo,
    "step_aside": queue.step_aside,
    "come_back": queue.come_back,
}
# What each step makes of each state; where nothing is said the step is refused with wrong_state.
BECOMES: dict[str, dict[BookingState, BookingState]] = {
    "check_in": {
        S.BOOKED: S.CHECKED_IN, S.CHECKED_IN: S.CHECKED_IN, S.CALLED: S.CALLED, S.IN_PROGRESS: S.IN_PROGRESS,
        S.NO_SHOW: S.CHECKED_IN,
    },
    "call": {S.BOOKED: S.CALLED, S.CHECKED_IN: S.CALLED, S.CALLED: S.CALLED, S.IN_PROGRESS: S.IN_PROGRESS},
    "start": {S.CALLED: S.IN_PROGRESS, S.IN_PROGRESS: S.IN_PROGRESS},
    "extend": {S.IN_PROGRESS: S.IN_PROGRESS},
    "finish": {S.IN_PROGRESS: S.DONE, S.DONE: S.DONE},
    "no_show": {S.BOOKED: S.NO_SHOW, S.CHECKED_IN: S.NO_SHOW, S.CALLED: S.NO_SHOW, S.NO_SHOW: S.NO_SHOW},
    "undo": {S.CALLED: S.CHECKED_IN, S.IN_PROGRESS: S.CALLED, S.DONE: S.IN_PROGRESS, S.NO_SHOW: S.BOOKED},
    "step_aside": {S.BOOKED: S.CHECKED_IN, S.CHECKED_IN: S.CHECKED_IN, S.CALLED: S.CHECKED_IN},
    "come_back": {S.CHECKED_IN: S.CHECKED_IN},
}  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_leads_where_it_should_from_every_state(db: Database, day: Day, step: str) -> None:
    for state in S:
        await db.write(put, day.first, state)
        becomes = BECOMES[step].get(state)
        if becomes is None:
            with pytest.raises(errors.WrongState):
                await db.write(STEPS[step], day.recruiter, booking_id=day.first, now=NOW)
            assert (await stored(db, day.first)).state == state
        else:
            told = await db.write(STEPS[step], day.recruiter, booking_id=day.first, now=NOW)
            assert (told.state, (await stored(db, day.first)).state) == (becomes, becomes)


@pytest.mark.parametrize("step", ["check_in", "call", "start", "finish", "no_show", "step_aside"])
async def test_a_button_pressed_twice_is_pressed_once(db: Database, day: Day, step: str) -> None:
    before = {"start": S.CALLED, "finish": S.IN_PROGRESS}.get(step, S.BOOKED)
    await db.write(put, day.first, before)
    await db.write(STEPS[step], day.recruiter, booking_id=day.first, now=NOW)
    once, written = await stored(db, day.first), await entries(db)
    await db.write(STEPS[step], day.recruiter, booking_id=day.first, now=NOW + MINUTE)
    assert (await stored(db, day.first), await entries(db)) == (once, written)


@pytest.mark.parametrize("step", ["call", "start", "extend", "finish", "no_show", "undo"])
async def test_only_the_stand_and_the_organiser_run_a_stand(db: Database, day: Day, step: str) -> None:
    for stranger in (day.stranger, day.ines, day.hugo):
        with pytest.raises(errors.NotFound):
            await db.write(STEPS[step], stranger, booking_id=day.first, now=NOW)
    with pytest.raises(errors.SignInNeeded):
        await db.write(STEPS[step], Actor(None), booking_id=day.first, now=NOW)
    with pytest.raises(errors.NotFound):
        await db.write(STEPS[step], day.recruiter, booking_id=10**6, now=NOW)


async def test_a_whole_interview_leaves_its_times(db: Database, day: Day) -> None:
    for minute, (step, actor) in enumerate(
        [("check_in", day.ines), ("call", day.recruiter), ("start", day.recruiter), ("finish", day.recruiter)]
    ):
        await db.write(STEPS[step], actor, booking_id=day.first, now=NOW + minute * MINUTE)
    done = await stored(db, day.first)
    moments = (done.checked_in_at, done.called_at, done.started_at, done.ended_at)
    assert moments == tuple(NOW + minute * MINUTE for minute in range(4))
    assert (await entries(db))[-4:] == [
        "CandidateCheckedIn",
        "CandidateCalled",
        "InterviewStarted",
        "InterviewFinished",
    ]


async def test_a_stand_sees_one_person_at_a_time(db: Database, day: Day) -> None:
    await db.write(queue.call, day.recruiter, booking_id=day.first, now=NOW)
    with pytest.raises(errors.StandBusy):
        await db.write(queue.call, day.recruiter, booking_id=day.second, now=NOW)
    await db.write(queue.no_show, day.recruiter, booking_id=day.first, now=NOW)
    await db.write(queue.call, day.recruiter, booking_id=day.second, now=NOW)


async def test_a_meeting_takes_as_many_as_it_has_places(db: Database, day: Day) -> None:
    def a_meeting_of_two(tx: Connection) -> None:
        tx.execute(update(t.stands).where(t.stands.c.id == day.stand).values(kind="meeting", capacity=2))

    await db.write(a_meeting_of_two)
    third = await db.write(join_someone_new, day)
    await db.write(queue.call, day.recruiter, booking_id=day.first, now=NOW)
    await db.write(queue.call, day.recruiter, booking_id=day.second, now=NOW)
    with pytest.raises(errors.StandBusy):
        await db.write(queue.call, day.recruiter, booking_id=third, now=NOW)


async def test_nobody_is_called_in_two_rooms(db: Database, day: Day) -> None:
    def book_elsewhere(tx: Connection) -> int:
        return booking.book(tx, day.ines, slot_id=day.other_slots[3], now=make.BEFORE).id

    there = await db.write(book_elsewhere)
    await db.write(queue.call, day.stranger, booking_id=there, now=NOW)
    with pytest.raises(errors.CandidateBusy):
        await db.write(queue.call, day.recruiter, booking_id=day.first, now=NOW)
    assert (await stored(db, day.first)).state == S.BOOKED


async def test_a_walk_in_gets_a_time_when_called_and_loses_it_when_the_call_is_taken_back(
    db: Database, day: Day
) -> None:
    walk_in = await db.write(join_someone_new, day)
    assert (await stored(db, walk_in)).starts_at is None
    await db.write(queue.call, day.recruiter, booking_id=walk_in, now=NOW)
    called = await stored(db, walk_in)
    assert (called.starts_at, called.ends_at) == (NOW, NOW + 10 * MINUTE)
    await db.write(queue.undo, day.recruiter, booking_id=walk_in, now=NOW)
    back = await stored(db, walk_in)
    assert (back.state, back.starts_at, back.ends_at, back.called_at) == (S.CHECKED_IN, None, None, None)
    await db.write(queue.call, day.recruiter, booking_id=walk_in, now=NOW + 20 * MINUTE)
    assert (await stored(db, walk_in)).starts_at == NOW + 20 * MINUTE


async def test_a_walk_in_is_not_called_into_an_interview_they_booked(db: Database, day: Day) -> None:
    def join_the_colleague(tx: Connection) -> int:
        make.make_slots(tx, day.colleague)
        return queue.join(tx, day.ines, stand_id=day.colleague, now=NOW).id

    walk_in = await db.write(join_the_colleague)
    with pytest.raises(errors.Overlap):
        await db.write(queue.call, day.organiser, booking_id=walk_in, now=NOW)


async def test_undo_forgets_what_the_step_wrote(db: Database, day: Day) -> None:
    for step in ("call", "start", "finish"):
        await db.write(STEPS[step], day.recruiter, booking_id=day.first, now=NOW)
    for name in ("ended_at", "started_at", "called_at"):
        assert getattr(await stored(db, day.first), name) == NOW
        await db.write(queue.undo, day.recruiter, booking_id=day.first, now=NOW)
        assert getattr(await stored(db, day.first), name) is None
    assert (await stored(db, day.first)).state == S.BOOKED


async def test_an_interview_is_not_reopened_beside_another(db: Database, day: Day) -> None:
    await db.write(put, day.first, S.DONE)
    await db.write(queue.call, day.recruiter, booking_id=day.second, now=NOW)
    with pytest.raises(errors.StandBusy):
        await db.write(queue.undo, day.recruiter, booking_id=day.first, now=NOW)


async def test_a_missed_place_that_was_given_away_does_not_come_back(db: Database, day: Day) -> None:
    def give_away(tx: Connection) -> None:
        queue.no_show(tx, day.recruiter, booking_id=day.first, now=make.BEFORE)
        booking.book(tx, make.make_candidate(tx, day.fair), slot_id=day.slots[0], now=make.BEFORE)

    await db.write(give_away)
    for step, actor in ((queue.undo, day.recruiter), (queue.check_in, day.organiser)):
        with pytest.raises(errors.SlotTaken):
            await db.write(step, actor, booking_id=day.first, now=NOW)
    assert (await stored(db, day.first)).state == S.NO_SHOW


async def test_five_minutes_more_each_time(db: Database, day: Day) -> None:
    await db.write(put, day.first, S.IN_PROGRESS)
    for _ in range(2):
        await db.write(queue.extend, day.recruiter, booking_id=day.first, now=NOW)
    assert (await stored(db, day.first)).extra_minutes == 10


async def test_who_steps_aside_keeps_the_place_and_leaves_the_room(db: Database, day: Day) -> None:
    await db.write(queue.call, day.recruiter, booking_id=day.first, now=NOW)
    await db.write(queue.enter_room, day.ines, booking_id=day.first, now=NOW)
    await db.write(queue.step_aside, day.ines, booking_id=day.first, now=NOW + MINUTE)
    aside = await stored(db, day.first)
    assert (aside.slot_id, aside.queued_at) == (day.slots[0], make.MORNING)
    assert (aside.stepped_aside_at, aside.candidate_in_room_at) == (NOW + MINUTE, None)
    await db.write(queue.call, day.recruiter, booking_id=day.second, now=NOW + MINUTE)
    await db.write(queue.come_back, day.ines, booking_id=day.first, now=NOW + 2 * MINUTE)
    back = await stored(db, day.first)
    assert (back.stepped_aside_at, back.checked_in_at) == (None, NOW + MINUTE)


async def test_a_colleague_takes_over_with_the_time_one_had(db: Database, day: Day) -> None:
    await db.write(queue.check_in, day.ines, booking_id=day.first, now=NOW)
    await db.write(queue.enter_room, day.ines, booking_id=day.first, now=NOW)
    await db.write(queue.hand_over, day.recruiter, booking_id=day.first, stand_id=day.colleague, now=NOW)
    there = await stored(db, day.first)
    assert (there.stand_id, there.slot_id, there.starts_at) == (day.colleague, None, None)
    assert (there.state, there.queued_at, there.candidate_in_room_at) == (S.CHECKED_IN, make.MORNING, None)

    def book_again(tx: Connection) -> int:  # the slot is free for somebody else
        return booking.book(tx, make.make_candidate(tx, day.fair), slot_id=day.slots[0], now=make.BEFORE).id

    assert await db.write(book_again)


async def test_someone_called_is_handed_over_as_here_only_if_they_said_so(db: Database, day: Day) -> None:
    await db.write(queue.call, day.recruiter, booking_id=day.first, now=NOW)
    await db.write(queue.hand_over, day.recruiter, booking_id=day.first, stand_id=day.colleague, now=NOW)
    there = await stored(db, day.first)
    assert (there.state, there.called_at) == (S.BOOKED, None)


async def test_nobody_is_handed_to_another_firm_a_closed_stand_or_a_line_they_are_in(db: Database, day: Day) -> None:
    def close(tx: Connection, closed: bool) -> None:
        tx.execute(update(t.stands).where(t.stands.c.id == day.colleague).values(closed=closed))

    def book_there(tx: Connection) -> None:
        booking.book(tx, day.ines, slot_id=make.make_slots(tx, day.colleague)[5], now=make.BEFORE)

    over: dict[str, Any] = {"booking_id": day.first, "now": NOW}
    with pytest.raises(errors.NotFound):
        await db.write(queue.hand_over, day.recruiter, stand_id=day.elsewhere, **over)
    await db.write(close, True)
    with pytest.raises(errors.NotFound):
        await db.write(queue.hand_over, day.recruiter, stand_id=day.colleague, **over)
    await db.write(close, False)
    await db.write(book_there)
    with pytest.raises(errors.AlreadyInLine):
        await db.write(queue.hand_over, day.recruiter, stand_id=day.colleague, **over)
    await db.write(put, day.first, S.IN_PROGRESS)
    with pytest.raises(errors.WrongState):
        await db.write(queue.hand_over, day.recruiter, stand_id=day.colleague, **over)


async def test_joining_a_line_twice_is_joining_once(db: Database, day: Day) -> None:
    camille = await db.write(lambda tx: make.make_candidate(tx, day.fair))
    first = await db.write(queue.join, camille, stand_id=day.stand, now=NOW)
    assert await db.write(queue.join, camille, stand_id=day.stand, now=NOW) == first
    assert (first.state, (await stored(db, first.id)).origin) == (S.CHECKED_IN, Origin.WALK_IN)
    with pytest.raises(errors.AlreadyInLine):
        await db.write(queue.join, day.ines, stand_id=day.stand, now=NOW)
    with pytest.raises(errors.WindowClosed):
        await db.write(queue.join, camille, stand_id=day.elsewhere, now=make.BEFORE)


async def test_a_review_is_written_once_and_changed_at_will(db: Database, day: Day) -> None:
    written: dict[str, Any] = {"note": "Lit un plan.", "rating": 4, "next_step": NextStep.SHORTLIST}
    await db.write(review.write, day.recruiter, booking_id=day.first, now=NOW, **written)
    before = await entries(db)
    await db.write(review.write, day.recruiter, booking_id=day.first, now=NOW + MINUTE, **written)
    assert (await entries(db), (await stored(db, day.first)).reviewed_at) == (before, NOW)
    later = written | {"rating": None, "next_step": NextStep.NO}
    await db.write(review.write, day.recruiter, booking_id=day.first, now=NOW + MINUTE, **later)
    found = await stored(db, day.first)
    assert (found.note, found.rating, found.next_step) == ("Lit un plan.", None, "no")


async def test_a_review_that_cannot_be_kept_says_which_field(db: Database, day: Day) -> None:
    plain: dict[str, Any] = {"booking_id": day.first, "next_step": NextStep.UNDECIDED, "now": NOW}
    for note, rating, fields in (("", 6, {"rating"}), ("", 0, {"rating"}), ("a" * 4_001, None, {"note"})):
        with pytest.raises(errors.Invalid) as refusal:
            await db.write(review.write, day.recruiter, note=note, rating=rating, **plain)
        fields_told = refusal.value.params["fields"]
        assert isinstance(fields_told, dict)
        assert set(fields_told) == fields
    await db.write(put, day.first, S.HELD)
    with pytest.raises(errors.WrongState):
        await db.write(review.write, day.recruiter, note="", rating=None, **plain)
    with pytest.raises(errors.NotFound):
        await db.write(review.write, day.ines, note="", rating=None, **plain)


async def test_the_first_click_into_the_room_counts_and_an_organiser_is_no_party(db: Database, day: Day) -> None:
    clicks: list[tuple[Actor, datetime]] = [
        (day.organiser, NOW), (day.ines, NOW + MINUTE), (day.ines, NOW + 2 * MINUTE), (day.recruiter, NOW + 3 * MINUTE),
    ]  # fmt: skip
    for actor, at in clicks:
        await db.write(queue.enter_room, actor, booking_id=day.first, now=at)
    found = await stored(db, day.first)
    assert (found.candidate_in_room_at, found.recruiter_in_room_at) == (NOW + MINUTE, NOW + 3 * MINUTE)
    assert (await entries(db)).count("RoomEntered") == 2
    with pytest.raises(errors.NotFound):
        await db.write(queue.enter_room, day.hugo, booking_id=day.first, now=NOW)


def join_someone_new(tx: Connection, day: Day) -> int:
    return queue.join(tx, make.make_candidate(tx, day.fair), stand_id=day.stand, now=NOW).id
