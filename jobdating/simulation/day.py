"""A simulated day at stands of capacity one, from a seed: what happened, and what the journal held of it at any moment.

Knows nothing of how estimates are made; it only speaks their words for what a journal holds. Minutes inside,
aware UTC outside.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import exp, log
from random import Random

from jobdating.domain.estimate.model import Current, Finished, StandState, Waiting

MORNING = datetime(2027, 6, 17, 7, tzinfo=UTC)
HALF_DAYS = (0.0, 300.0)  # 9:00 and 14:00 in Paris, in minutes from MORNING
SLOTS = 12  # a half-day


@dataclass(frozen=True, slots=True)
class Conditions:
    """How people behave. Minutes; `median` is of a duration, the spreads are of its logarithm."""

    planned: float = 12.0
    slot: float = 15.0
    filled: float = 0.85
    median: float = 11.5
    between_stands: float = 0.18
    within_stand: float = 0.35
    no_show: float = 0.12
    grace: float = 5.0
    early: float = 10.0
    early_sd: float = 5.0
    answer: float = 0.3  # mean, exponential: from the call to the start
    turnover: float = 0.7  # mean, exponential: from an end to the next call


BASE = Conditions()
SHIFTED = Conditions(median=11.5 * 1.15, within_stand=0.45, no_show=0.23)


@dataclass(frozen=True, slots=True)
class Visit:
    """One booking as it went. A person who did not come has no `arrived` and no `started`; `left` is when the stand was free."""

    booking_id: int
    half_day: int
    booked: float
    arrived: float | None
    called: float
    started: float | None
    left: float

    @property
    def called_at(self) -> datetime:
        return moment(self.called)


@dataclass(frozen=True, slots=True)
class StandDay:
    """A stand's visits in the order of their calls. `usual` is the median length of its interviews: nobody there knows it."""

    stand_id: int
    planned: timedelta
    usual: timedelta
    visits: tuple[Visit, ...]

    def state(self, now: datetime) -> StandState:
        """What the journal held at `now`, with the queue of the half-day that is going on."""
        at = (now - MORNING) / timedelta(minutes=1)
        half_day = 1 if at >= HALF_DAYS[1] - 30 else 0
        over = [visit for visit in self.visits if visit.left <= at]
        return StandState(
            stand_id=self.stand_id,
            planned=self.planned,
            queue=tuple(
                Waiting(v.booking_id, moment(v.booked), present=v.arrived is not None and v.arrived <= at)
                for v in self.visits
                if v.called > at and v.half_day == half_day
            ),
            current=next((_current(v, at) for v in self.visits if v.called <= at < v.left), None),
            finished=tuple(_finished(v) for v in over if v.started is not None),
            no_shows=tuple(moment(v.left) for v in over if v.started is None),
        )

    def waiting(self, now: datetime) -> tuple[Visit, ...]:
        """The visits behind the queue of `state(now)`, in its order."""
        known = {visit.booking_id: visit for visit in self.visits}
        return tuple(known[entry.booking_id] for entry in self.state(now).queue)


def play_fair(conditions: Conditions, *, stands: int, seed: int) -> tuple[StandDay, ...]:
    """One day of a fair: two half-days at each of `stands` stands."""
    random = Random(seed)
    return tuple(_play_stand(number, conditions, random) for number in range(1, stands + 1))


def moment(minutes: float) -> datetime:
    return MORNING + timedelta(minutes=minutes)


def _play_stand(stand_id: int, conditions: Conditions, random: Random) -> StandDay:
    usual = log(conditions.median) + random.gauss(0, conditions.between_stands)
    visits: list[Visit] = []
    for half_day, opening in enumerate(HALF_DAYS):
        free = opening
        for slot in range(SLOTS):
            if random.random() < conditions.filled:
                booked = opening + slot * conditions.slot
                visit = _visit(
                    stand_id * 100 + len(visits), half_day, booked, max(free, booked), usual, conditions, random
                )
                visits.append(visit)
                free = visit.left + random.expovariate(1 / conditions.turnover)
    return StandDay(stand_id, timedelta(minutes=conditions.planned), timedelta(minutes=exp(usual)), tuple(visits))


def _visit(
    booking_id: int, half_day: int, booked: float, called: float, usual: float, conditions: Conditions, random: Random
) -> Visit:
    arrived = booked - random.gauss(conditions.early, conditions.early_sd)
    if random.random() < conditions.no_show or arrived > called + conditions.grace:
        return Visit(booking_id, half_day, booked, None, called, None, called + conditions.grace)
    started = max(called, arrived) + random.expovariate(1 / conditions.answer)
    lasts = exp(random.gauss(usual, conditions.within_stand))
    return Visit(booking_id, half_day, booked, arrived, called, started, started + lasts)


def _current(visit: Visit, at: float) -> Current:
    started = moment(visit.started) if visit.started is not None and visit.started <= at else None
    here = visit.arrived is not None and visit.arrived <= at
    return Current(called_at=moment(visit.called), started_at=started, present=here)


def _finished(visit: Visit) -> Finished:
    assert visit.started is not None and visit.arrived is not None
    return Finished(
        started_at=moment(visit.started),
        ended_at=moment(visit.left),
        called_at=moment(visit.called),
        booked_at=moment(visit.booked),
        arrived_at=moment(visit.arrived),
    )
