"""How each simulated person behaves, drawn once from the seed: pure, and the same however often it is asked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from math import exp
from random import Random
from typing import Any

from jobdating.domain.slots import Span
from jobdating.simulation.fair import SETTING
from jobdating.simulation.setting import HalfDay, Setting

NO_SHOW = 0.12
LATE = 0.07
MEDIAN = 9.6  # minutes an interview lasts, of 10 planned
BETWEEN, WITHIN = 0.18, 0.35  # spreads of the logarithm, between stands and within one


@dataclass(frozen=True)
class Visit:
    """What a candidate will do about one booking, and how the interview will go."""

    comes: bool
    arrives: timedelta  # from the planned start; mostly before it
    answers: timedelta  # from the call to the click into the room
    steps_aside: bool
    agrees: bool  # to come before their time
    lasts: float  # a multiple of the stand's usual length
    rest: timedelta  # of the recruiter, after it
    reviewed: bool
    accepts: bool  # a place held for them, or the stand a request
    thinks: timedelta  # before such an answer
    patience: timedelta  # of somebody in line without an appointment


@dataclass(frozen=True)
class Attendance:
    """A recruiter's half-day: from when to when they are there, and a break; None for one who never connects."""

    there: Span | None
    pause: Span | None


@dataclass(frozen=True)
class Mishaps:
    """What goes wrong, and how often: people who do not come, recruiters who are late; and the demo's three stands."""

    no_show: float = NO_SHOW
    late_recruiters: float = 0.0
    staged: bool = True


STAGED = Mishaps()


class Temper:
    """Everybody's habits, from one seed."""

    def __init__(self, seed: int, *, setting: Setting = SETTING, mishaps: Mishaps = STAGED) -> None:
        self._seed = seed
        self._setting = setting
        self._mishaps = mishaps
        self._visits: dict[int | tuple[int, int], Visit] = {}
        self._paces: dict[int, float] = {}

    @cached_property
    def troubled(self) -> dict[str, int]:
        """Places in the list of stands: one that fails to connect, one that is late, one that is slow."""
        if not self._mishaps.staged:
            return {"lost": -1, "late": -1, "slow": -1}
        chosen = Random(f"{self._seed}:trouble").sample(range(1, 40), 3)
        return dict(zip(("lost", "late", "slow"), chosen, strict=True))

    def visit(self, row: Any) -> Visit:
        """Of a booking. Whoever joins a line behaves there as they would whatever else had happened on the day."""
        key = row.id if row.slot_id is not None else (row.candidate_id, row.stand_id)
        known = self._visits.get(key)
        if known is None:
            drawn = Random(f"{self._seed}:visit:{key}")
            known = self._visits[key] = _visit(drawn, no_show=self._mishaps.no_show)
        return known

    def pace(self, number: int) -> float:
        """Minutes an interview usually lasts at a stand."""
        known = self._paces.get(number)
        if known is None:
            slow = 1.35 if number == self.troubled["slow"] else 1.0
            known = MEDIAN * slow * exp(Random(f"{self._seed}:pace:{number}").gauss(0, BETWEEN))
            self._paces[number] = known
        return known

    def half_of(self, moment: datetime) -> HalfDay | None:
        return self._setting.half_of(moment)

    def attendance(self, number: int, day: date, half: int, slots: Span) -> Attendance:
        """When the recruiter of a stand is there; `slots` runs from its first slot of the half-day to its last."""
        random = Random(f"{self._seed}:attendance:{number}:{day}:{half}")
        first = (day, half) == (self._setting.first_day, 0)
        if first and number == self.troubled["lost"]:
            return Attendance(None, None)
        lateness = -random.uniform(1, 14)
        if first and number == self.troubled["late"]:
            lateness = 22
        if Random(f"{self._seed}:late:{number}:{day}:{half}").random() < self._mishaps.late_recruiters:
            lateness = 10 + 15 * random.random()
        begins = slots.start + timedelta(minutes=lateness)
        ends = slots.end + timedelta(minutes=random.uniform(8, 25))
        pause = None
        if random.random() < 0.3 and slots.end - slots.start > timedelta(hours=1):
            at = slots.start + (slots.end - slots.start) * random.uniform(0.3, 0.8)
            pause = Span(at, at + timedelta(minutes=random.uniform(4, 9)))
        return Attendance(Span(begins, ends), pause)


def _visit(random: Random, *, no_show: float) -> Visit:
    late = random.random() < LATE
    arrives = random.uniform(1, 8) if late else -max(0.5, random.gauss(10, 5))
    return Visit(
        comes=random.random() >= no_show,
        arrives=timedelta(minutes=arrives),
        answers=timedelta(minutes=0.08 + random.expovariate(1 / 0.3)),
        steps_aside=random.random() < 0.04,
        agrees=random.random() < 0.6,
        lasts=exp(random.gauss(0, WITHIN)),
        rest=timedelta(minutes=0.1 + random.expovariate(1 / 0.7)),
        reviewed=random.random() < 0.85,
        accepts=random.random() < 0.85,
        thinks=timedelta(minutes=random.uniform(1, 25)),
        patience=timedelta(minutes=random.uniform(15, 50)),
    )
