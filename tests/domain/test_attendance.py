"""What needs a hand, and the word for a stand: rules without a database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jobdating.domain.attendance import Alone, StandDay, Status, Trouble, Waiting, findings, status
from tests.factories import MORNING

MINUTE = timedelta(minutes=1)
NOW = MORNING + 80 * MINUTE
FINE = StandDay(
    stand_id=1,
    name="Tôlerie d’Auge",
    trades=frozenset({"Tôlerie"}),
    is_open=True,
    first_start=MORNING,
    connected=True,
    seen_at=MORNING,
    away_since=None,
    delay_minutes=0,
    running=1,
    expected=5,
    waiting=1,
    waiting_since=NOW - 5 * MINUTE,
    starts=(NOW + 5 * MINUTE,),
)
BESIDE = replace(FINE, stand_id=2, name="Tôlerie du Bocage", waiting=3)


def kinds(*stands: StandDay, waiting: tuple[Waiting, ...] = ()) -> list[Trouble]:
    return [finding.kind for finding in findings(stands, waiting, moment=NOW)]


def test_a_stand_that_runs_on_time_needs_nothing() -> None:
    assert kinds(FINE) == []


def test_a_stand_nobody_opened_is_missing_since_its_first_slot() -> None:
    [finding] = findings([replace(FINE, connected=False, seen_at=None, running=0)], (), moment=NOW)
    assert (finding.kind, finding.since, finding.people) == (Trouble.NOT_JOINED, MORNING, 5)


def test_a_stand_that_was_left_is_missing_since_then() -> None:
    left = replace(FINE, connected=False, seen_at=NOW - 20 * MINUTE, running=0)
    assert findings([left], (), moment=NOW)[0].since == NOW - 20 * MINUTE


@pytest.mark.parametrize(
    "change",
    [
        {"first_start": NOW - 4 * MINUTE, "seen_at": None},  # hardly begun
        {"is_open": False},  # at lunch
        {"running": 1},  # works without the page
    ],
)
def test_an_absent_recruiter_is_no_trouble_when_nothing_is_due(change: dict[str, object]) -> None:
    absent = replace(FINE, connected=False, running=0, starts=(NOW + 11 * MINUTE,))
    assert kinds(replace(absent, **change)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(("delay", "found"), [(10, []), (11, [Trouble.LATE])])
def test_late_begins_beyond_ten_minutes(delay: int, found: list[Trouble]) -> None:
    assert kinds(replace(FINE, delay_minutes=delay)) == found


def test_a_delay_nobody_suffers_from_is_no_trouble() -> None:
    assert kinds(replace(FINE, delay_minutes=30, expected=0)) == []


def test_a_long_break_with_people_expected_is_said() -> None:
    assert kinds(replace(FINE, away_since=NOW - 16 * MINUTE)) == [Trouble.AWAY]
    assert kinds(replace(FINE, away_since=NOW - 14 * MINUTE)) == []


def test_empty_while_people_wait_at_a_stand_of_the_same_trade() -> None:
    empty = replace(FINE, running=0, waiting=0, starts=(NOW + 55 * MINUTE,))
    waiting = (Waiting(7, 2), Waiting(8, 2), Waiting(8, 2))
    [finding] = findings([empty, BESIDE], waiting, moment=NOW)
    assert (finding.kind, finding.people, finding.until) == (Trouble.EMPTY, 2, NOW + 55 * MINUTE)


@pytest.mark.parametrize(
    "change",
    [{"starts": (NOW + 14 * MINUTE,)}, {"trades": frozenset({"Soudage"})}, {"connected": False, "is_open": False}],
)
def test_empty_is_no_trouble_when_someone_comes_soon_or_nobody_suits(change: dict[str, object]) -> None:
    empty = replace(FINE, running=0, waiting=0, starts=())
    assert kinds(replace(empty, **change), BESIDE, waiting=(Waiting(7, 2),)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(("ahead", "found"), [(11, []), (10, [Trouble.NOT_READY]), (1, [Trouble.NOT_READY])])
def test_a_stand_that_is_not_there_ten_minutes_before_a_booked_time_is_said(ahead: int, found: list[Trouble]) -> None:
    away = replace(FINE, connected=False, running=0, is_open=False, starts=(NOW + ahead * MINUTE,))
    assert kinds(away) == found
    assert kinds(replace(away, connected=True)) == kinds(replace(away, running=1)) == []


@pytest.mark.parametrize(("minutes", "found"), [(2, []), (3, [Trouble.ALONE])])
def test_a_room_that_one_party_alone_has_opened_is_said_after_three_minutes(minutes: int, found: list[Trouble]) -> None:
    waits = Alone(7, NOW - minutes * MINUTE, stand_waits=False)
    assert kinds(replace(FINE, alone=(waits,))) == found


@pytest.mark.parametrize(
    ("expected", "left", "found"), [(5, 6, []), (6, 6, []), (7, 6, [Trouble.OVERFLOW]), (9, None, [])]
)
def test_more_people_than_the_day_has_slots_left_are_counted(
    expected: int, left: int | None, found: list[Trouble]
) -> None:
    crowded = replace(FINE, running=1, expected=expected, slots_left=left)
    assert kinds(crowded) == found
    assert [f.people for f in findings([crowded], (), moment=NOW)] == [2] * len(found)


@pytest.mark.parametrize(
    ("delay", "growth", "found"),
    [(5, 5, Trouble.GROWING), (4, 4, None), (9, 4, None), (14, 6, Trouble.LATE), (14, 0, Trouble.LATE)],
)
def test_a_delay_that_grows_is_said_before_it_is_large(delay: int, growth: int, found: Trouble | None) -> None:
    told = findings([replace(FINE, delay_minutes=delay, growth=growth)], (), moment=NOW)
    assert [(f.kind, f.growth) for f in told] == ([(found, growth if growth >= 5 else 0)] if found else [])


def test_the_worst_comes_first() -> None:
    late = replace(FINE, stand_id=3, name="b", delay_minutes=14)
    later = replace(FINE, stand_id=4, name="c", delay_minutes=25)
    missing = replace(FINE, stand_id=5, name="d", connected=False, seen_at=None, running=0)
    assert [f.stand_id for f in findings([late, later, missing], (), moment=NOW)] == [5, 4, 3]


BASE: dict[str, object] = {
    "closed": False, "has_slots": True, "connected": True, "seen_today": True, "away": False,
    "delay_minutes": 0, "running": 0, "expected": 3, "done": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({}, Status.ON_TIME),
        ({"delay_minutes": 4}, Status.ON_TIME),
        ({"delay_minutes": 5}, Status.LATE),
        ({"closed": True}, Status.CLOSED),
        ({"away": True, "delay_minutes": 20}, Status.AWAY),
        ({"has_slots": False, "expected": 0}, Status.NOT_TODAY),
        ({"connected": False}, Status.LEFT),
        ({"connected": False, "running": 1}, Status.ON_TIME),
        ({"connected": False, "seen_today": False}, Status.NOT_YET),
        ({"connected": False, "seen_today": False, "delay_minutes": 5}, Status.MISSING),
        ({"connected": False, "expected": 0, "done": 4}, Status.OVER),
    ],
)
def test_a_stand_has_one_word(change: dict[str, object], word: Status) -> None:
    assert status(**{**BASE, **change}) is word  # type: ignore[arg-type]
