"""Another time for the people of a stand: rules without a database."""

from datetime import timedelta
from typing import Any

from jobdating.domain.repair import (
    Busy,
    Outcome,
    OwnSlot,
    Person,
    PersonChange,
    Place,
    Reason,
    Record,
    Shift,
    SlotChange,
    Spot,
    decode,
    encode,
    settle,
    shift,
)
from jobdating.domain.slots import Span
from jobdating.domain.states import BookingState, SlotState
from tests.factories import MORNING

MINUTE = timedelta(minutes=1)
WELDING = frozenset({"Soudage"})


def at(minutes: int) -> Span:
    return Span(MORNING + minutes * MINUTE, MORNING + (minutes + 10) * MINUTE)


def person(number: int, minutes: int, *busy: int, **values: Any) -> Person:
    others = tuple(Busy(at(other), "Forges") for other in busy)
    span = at(minutes)
    return Person(number, number, f"Candidat {number}", number, span, span.start, others, WELDING, **values)


def places(*minutes: int, **values: Any) -> list[Place]:
    return [Place(100 + m, 2, "À côté", at(m), trades=WELDING, **values) for m in minutes]


def found(people: list[Person], offered: list[Place]) -> list[int | None]:
    moves = settle(people, offered, otherwise=Outcome.STAYS)
    return [move.place.slot_id if move.place else None for move in moves]


def test_everybody_waits_as_little_as_possible_together() -> None:
    assert sorted(str(each) for each in found([person(1, 0), person(2, 15)], places(60, 90))) == ["160", "190"]


def test_nobody_is_moved_onto_or_right_beside_another_interview_of_theirs() -> None:
    assert found([person(1, 0, 60)], places(60)) == [None]
    assert found([person(1, 0, 72)], places(60)) == [None]
    assert found([person(1, 0, 75)], places(60)) == [160]


def test_nobody_is_moved_before_their_own_time() -> None:
    assert found([person(1, 90)], places(60)) == [None]


def test_who_has_one_time_only_is_not_robbed_of_it() -> None:
    easy, hard = person(1, 0), person(2, 15, 90)
    assert found([easy, hard], places(60, 90)) == [190, 160]


def test_a_group_slot_takes_as_many_as_it_has_seats() -> None:
    group = places(60, seats=2)
    assert len([each for each in found([person(1, 0), person(2, 15), person(3, 30)], group) if each]) == 2


def test_at_the_same_time_the_company_comes_before_a_wish_and_a_wish_before_nothing() -> None:
    ours = Place(1, 2, "Maison", at(60), ours=True, trades=WELDING)
    wished = Place(2, 3, "Voulu", at(60), trades=WELDING)
    any_other = Place(3, 4, "Autre", at(60), trades=WELDING)
    keen = person(1, 0, wishes={3: 1})
    assert found([keen], [any_other, wished, ours]) == [1]
    assert found([keen], [any_other, wished]) == [2]
    nearer = Place(4, 4, "Plus tôt", at(55), trades=WELDING)
    assert found([keen], [ours, nearer]) == [4]


def test_nobody_is_sent_to_other_trades_and_the_reason_is_told() -> None:
    turner = Place(1, 2, "Usinage", at(60), trades=frozenset({"Usinage"}))
    [move] = settle([person(1, 0)], [turner], otherwise=Outcome.STAYS)
    assert (move.outcome, move.reason) == (Outcome.STAYS, Reason.NO_PLACE)
    [move] = settle([person(1, 0, 60)], places(60), otherwise=Outcome.CANCELLED)
    assert (move.outcome, move.reason) == (Outcome.CANCELLED, Reason.NO_COMMON_TIME)


def test_two_interviews_of_one_person_are_not_put_together() -> None:
    twice = [person(1, 0), Person(2, 1, "Candidat 1", 2, at(15), at(15).start, trades=WELDING)]
    assert len([each for each in found(twice, places(60, 60)) if each]) == 1


# Shifting


def slot(number: int, minutes: int, *people: Person, **values: Any) -> OwnSlot:
    return OwnSlot(number, at(minutes), SlotState.OPEN, people, left=0 if people else 1, **values)


def shifted(slots: list[OwnSlot], minutes: int, *, now: int = 0) -> Shift:
    return shift(
        slots, by=minutes * MINUTE, since=MORNING, until=MORNING + timedelta(hours=3), at=MORNING + now * MINUTE,
        notice=10 * MINUTE, gap=15 * MINUTE,
    )  # fmt: skip


def times(done: Shift) -> dict[int, int]:
    return {each.slot.id: (each.span.start - MORNING) // MINUTE for each in done.slots}


def test_all_that_lies_ahead_moves_together() -> None:
    done = shifted([slot(1, 0, person(1, 0)), slot(2, 15), slot(3, 30, person(3, 30))], 20)
    assert times(done) == {1: 20, 2: 35, 3: 50}
    assert [move.outcome for move in done.moves] == [Outcome.SHIFTED] * 2


def test_what_is_over_or_running_does_not_move_and_stops_what_would_meet_it() -> None:
    slots = [slot(1, 0, person(1, 0)), slot(2, 15, busy=True), slot(3, 30, person(3, 30))]
    done = shifted(slots, 15, now=20)
    assert times(done) == {3: 45}
    assert [(move.outcome, move.reason) for move in done.moves] == [
        (Outcome.STAYS, Reason.IN_THE_WAY), (Outcome.SHIFTED, None),
    ]  # fmt: skip


def test_free_slots_give_way_to_people_who_come_earlier() -> None:
    slots = [slot(1, 0), slot(2, 15), slot(3, 30, person(3, 30)), slot(4, 45, person(4, 45))]
    done = shifted(slots, -15)
    assert times(done) == {3: 15, 4: 30, 2: 45}
    assert [move.outcome for move in done.moves] == [Outcome.SHIFTED] * 2


def test_nobody_is_called_earlier_than_they_can_know() -> None:
    slots = [slot(1, 15, person(1, 15)), slot(2, 30, person(2, 30))]
    done = shifted(slots, -15, now=5)
    assert times(done) == {}
    assert [move.reason for move in done.moves] == [Reason.TOO_SOON, Reason.IN_THE_WAY]


def test_a_clash_is_told_with_what_it_meets_and_what_is_close_is_told_too() -> None:
    done = shifted([slot(1, 0, person(1, 0, 30)), slot(2, 15, person(2, 15, 60))], 30)
    [clash] = done.adrift
    assert clash.near == Busy(at(30), "Forges")
    [close] = done.moves
    assert close.near == Busy(at(60), "Forges")


def test_a_record_is_read_as_it_was_written() -> None:
    before = Spot(1, 2, 1, at(0), MORNING, BookingState.BOOKED)
    after = Spot(1, None, None, None, MORNING, BookingState.CHECKED_IN)
    record = Record(
        15, MORNING, MORNING + timedelta(hours=3),
        (SlotChange(2, at(0), SlotState.OPEN, at(15), SlotState.BLOCKED),),
        (PersonChange(7, 8, before, after, waits=True),),
    )  # fmt: skip
    assert decode(encode(record)) == record
