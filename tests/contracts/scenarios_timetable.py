"""What wishes, stands' opinions and a timetable do to a fair."""

from datetime import timedelta

from sqlalchemy import Connection

from jobdating.domain import events
from jobdating.domain.weighing import STANDARD
from jobdating.domain.wishing import Decision, Mode
from jobdating.services import booking, opinions, publishing, timetable, wishes, wishing
from jobdating.services.opinions import Opinion
from jobdating.services.timetable import Solved
from tests.contracts.world import Scenario, World, steps


def wish(tx: Connection, w: World) -> None:
    """Three candidates wish, for the stand, its colleague and the full one."""
    for number in (3, 4, 5):
        for stand_id in (w.stand, w.full, w.colleague):
            wishes.add(tx, w.candidates[number], candidate_id=w.candidate(number), stand_id=stand_id, now=w.now)


def by_wishes(tx: Connection, w: World) -> None:
    wishing.change(tx, w.organiser, fair_id=w.fair_id, mode=Mode.WISHES, until=w.now + timedelta(hours=1), now=w.now)


def draft(tx: Connection, w: World) -> None:
    """As if it had been solved: two interviews at the stand, and wishes that are not met."""
    timetable.ask(tx, w.organiser, fair_id=w.fair_id, now=w.now)
    given = [[w.candidate(4), w.slots[6], 0], [w.candidate(5), w.slots[7], 0]]
    denied = [[w.candidate(4), w.full, "stand_full"], [w.candidate(5), w.colleague, "cap"]]
    timetable.keep(tx, w.organiser, fair_id=w.fair_id, solved={"B": Solved({}, given, denied)}, now=w.now)


def publish(tx: Connection, w: World) -> None:
    publishing.publish(tx, w.organiser, fair_id=w.fair_id, letter="B", now=w.now)


def worked_out_mending(tx: Connection, w: World) -> None:
    """One of the two moves, the other's goes, somebody else comes."""
    timetable.ask_mending(tx, w.organiser, fair_id=w.fair_id, strength="move_few", now=w.now)
    given = [[w.candidate(4), w.slots[8], 0], [w.candidate(3), w.slots[7], 0]]
    timetable.keep(tx, w.organiser, fair_id=w.fair_id, solved={"M": Solved({}, given, [])}, now=w.now)


def mend(tx: Connection, w: World) -> None:
    publishing.publish(tx, w.organiser, fair_id=w.fair_id, letter="M", now=w.now)


def cancel_one(tx: Connection, w: World) -> None:
    """A candidate gives up what the timetable gave."""
    held = booking.book(tx, w.organiser, slot_id=w.slots[6], candidate_id=w.candidate(4), now=w.now)
    booking.cancel(tx, w.candidates[4], booking_id=held.id, now=w.now)


_PUBLISHED = steps(wish, by_wishes, draft, publish)

SCENARIOS = [
    Scenario("wishes contest a stand", (events.WishesRanked,), wish),
    Scenario(
        "a wish is taken back",
        (events.WishesRanked,),
        lambda tx, w: wishes.remove(tx, w.candidates[4], candidate_id=w.candidate(4), stand_id=w.stand, now=w.now),
        before=wish,
    ),
    Scenario("wishes come first from now on", (events.FairChanged,), by_wishes, before=wish),
    Scenario(
        "a stand likes somebody",
        (events.OpinionGiven,),
        lambda tx, w: opinions.give(
            tx, w.recruiter, stand_id=w.stand, candidate_id=w.candidate(4), opinion=Opinion.LIKE, now=w.now
        ),
        before=wish,
    ),
    Scenario(
        "a pair is decided by hand",
        (events.PairDecided,),
        lambda tx, w: timetable.decide(
            tx, w.organiser, candidate_id=w.candidate(4), stand_id=w.stand, decision=Decision.PIN, now=w.now
        ),
        before=wish,
    ),
    Scenario(
        "a policy weighs something else",
        (events.PolicyWeighed,),
        lambda tx, w: timetable.weigh(
            tx, w.organiser, fair_id=w.fair_id, letter="B", weights=STANDARD["C"][1], now=w.now
        ),
    ),
    Scenario(
        "those who have not ranked are asked to",
        (events.WishesAsked,),
        lambda tx, w: wishing.remind(tx, w.organiser, fair_id=w.fair_id, now=w.now),
        before=by_wishes,
    ),
    Scenario("a timetable is drafted", (events.TimetableDrafted,), draft, before=steps(wish, by_wishes)),
    Scenario(
        "a timetable is published",
        (events.TimetablePublished, events.BookingMade),
        publish,
        before=steps(wish, by_wishes, draft),
    ),
    Scenario(
        "a timetable is mended",
        (events.TimetablePublished, events.BookingMade, events.BookingMoved, events.BookingCancelled),
        mend,
        before=steps(_PUBLISHED, worked_out_mending),
    ),
    Scenario("somebody gives a place of the timetable back", (events.BookingCancelled,), cancel_one, before=_PUBLISHED),
    Scenario(
        "what the timetable left is opened",
        (events.RestOpened,),
        lambda tx, w: wishing.open_rest(tx, w.organiser, fair_id=w.fair_id, now=w.now),
        before=_PUBLISHED,
    ),
]
