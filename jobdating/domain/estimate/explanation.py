"""Says in one line why an estimate is what it is: a code for the catalogue, and the numbers it needs. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from jobdating.domain.estimate.learning import learn
from jobdating.domain.estimate.model import Estimate, Prior, StandState

ON_TIME = timedelta(minutes=2)  # nobody calls this late
TOLD = 3  # interviews before a stand's own pace is worth a word
NOTABLE = 1.15  # times the planned length


class Why(StrEnum):
    """What moves an estimate most."""

    ON_TIME = "on_time"
    BUSY_ELSEWHERE = "busy_elsewhere"
    STAND_AWAY = "stand_away"
    SHIFTED = "shifted"
    OVERRUN = "overrun"
    SLOW_PACE = "slow_pace"
    LATE = "late"
    WALK_IN_NEXT = "walk_in_next"
    WALK_IN_LINE = "walk_in_line"


@dataclass(frozen=True, slots=True)
class Explanation:
    """`ahead` people before; `late` whole minutes after the booked time (0 for a walk-in); `pace` and `planned` whole
    minutes an interview takes here and should take."""

    why: Why
    ahead: int
    late: int
    pace: int
    planned: int


def explain(stand: StandState, place: int, *, estimate: Estimate, prior: Prior, now: datetime) -> Explanation:
    """Why `estimate` was given to the person at `place` (0 is first) of the stand's queue."""
    waiting = stand.queue[place]
    pace = learn(stand, prior=prior, now=now)
    late = max(estimate.likely - waiting.booked_at, timedelta()) if waiting.booked_at else timedelta()
    return Explanation(
        why=_why(stand, place, estimate, late, now)
        or (Why.SLOW_PACE if _is_slow(pace.count, pace.ratio) else Why.LATE),
        ahead=_ahead(stand, place),
        late=_minutes(late),
        pace=_minutes(pace.ratio * stand.planned),
        planned=_minutes(stand.planned),
    )


def _why(stand: StandState, place: int, estimate: Estimate, late: timedelta, now: datetime) -> Why | None:
    waiting, current = stand.queue[place], stand.current
    if waiting.ready_at is not None and waiting.ready_at > max(waiting.booked_at or now, now):
        return Why.BUSY_ELSEWHERE
    if stand.away_until is not None and stand.away_until > max(waiting.booked_at or now, now):
        return Why.STAND_AWAY
    if waiting.booked_at is None:
        return Why.WALK_IN_LINE if _ahead(stand, place) else Why.WALK_IN_NEXT
    if stand.delay > timedelta() and late - stand.delay < ON_TIME:
        return Why.SHIFTED
    if late < ON_TIME:
        return Why.ON_TIME
    if current is not None and current.started_at is not None and now - current.started_at > stand.planned + ON_TIME:
        return Why.OVERRUN
    return None


def _ahead(stand: StandState, place: int) -> int:
    """People before this one: with the recruiter, and in line; walk-ins and booked people have lines of their own."""
    walk_in = stand.queue[place].booked_at is None
    before = sum((waiting.booked_at is None) == walk_in for waiting in stand.queue[:place])
    return before + (stand.current is not None)


def _is_slow(count: int, ratio: float) -> bool:
    return count >= TOLD and ratio >= NOTABLE


def _minutes(span: timedelta) -> int:
    return round(span / timedelta(minutes=1))
