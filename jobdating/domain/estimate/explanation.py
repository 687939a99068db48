"""Says in one line why an estimate is what it is: a code for the catalogue, and the numbers it needs. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jobdating.domain.estimate.model import Estimate, Pace, StandState
from jobdating.domain.states import Why

ON_TIME = timedelta(minutes=2)  # nobody calls this late
TOLD = 3  # interviews before a stand's own pace is worth a word
NOTABLE = 1.15  # times the planned length
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why, and the whole minutes that an interview is believed to take at the stand."""

    why: Why
    pace: int


def explain(stand: StandState, place: int, *, estimate: Estimate, pace: Pace, now: datetime) -> Explanation:
    """Why `estimate` was given to the person at `place` (0 is first) of the stand's queue, which keeps `pace`."""
    why = _why(stand, place, estimate, now) or (Why.SLOW_PACE if _is_slow(pace) else Why.LATE)
    return Explanation(why, round(pace.ratio * stand.planned / _MINUTE))


def _why(stand: StandState, place: int, estimate: Estimate, now: datetime) -> Why | None:
    waiting = stand.queue[place]
    if waiting.ready_at is not None and waiting.ready_at > max(waiting.booked_at or now, now):
        return Why.BUSY_ELSEWHERE
    if stand.away_until is not None and stand.away_until > max(waiting.booked_at or now, now):
        return Why.STAND_AWAY
    if waiting.booked_at is None:
        before = any(other.booked_at is None for other in stand.queue[:place])
        return Why.WALK_IN_LINE if before else Why.WALK_IN_NEXT
    if estimate.likely - waiting.booked_at < ON_TIME:
        return Why.ON_TIME
    return Why.OVERRUN if _overruns(stand, now) else None


def _overruns(stand: StandState, now: datetime) -> bool:
    """Whether the interview that goes on is longer than planned, or was announced to be."""
    current = stand.current
    if current is None or current.started_at is None:
        return False
    return current.extended_to is not None or now - current.started_at > stand.planned + ON_TIME


def _is_slow(pace: Pace) -> bool:
    return pace.count >= TOLD and pace.ratio >= NOTABLE
