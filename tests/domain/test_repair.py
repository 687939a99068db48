"""Another time for the people of a stand that fails: rules without a database."""

from datetime import timedelta

from jobdating.domain.repair import Person, Place, plan
from jobdating.domain.slots import Span
from tests.factories import MORNING

MINUTE = timedelta(minutes=1)


def at(minutes: int) -> Span:
    return Span(MORNING + minutes * MINUTE, MORNING + (minutes + 10) * MINUTE)


def person(number: int, minutes: int, *busy: int) -> Person:
    return Person(number, number, f"Candidat {number}", at(minutes), tuple(at(other) for other in busy))


def places(*minutes: int) -> list[Place]:
    return [Place(100 + m, 2, "À côté", at(m)) for m in minutes]


def found(people: list[Person], offered: list[Place]) -> list[int | None]:
    return [move.place.slot_id if move.place else None for move in plan(people, offered)]


def test_each_gets_the_earliest_free_place() -> None:
    assert found([person(1, 0), person(2, 15)], places(60, 90)) == [160, 190]


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
    group = [Place(9, 2, "Visite", at(60), seats=2)]
    assert found([person(1, 0), person(2, 15), person(3, 30)], group) == [9, 9, None]
