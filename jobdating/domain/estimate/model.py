"""The words of live estimates: what is known about a stand, and what is said to those who wait. Data only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log

from jobdating.domain.slots import Span


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed before a stand has shown its own pace. Refit it from the fair itself with `refit`.

    Durations are lognormal *relative to the planned length*, so stands with other slot lengths share one prior:
    `log_mean` and `log_sd` are of ln(duration / planned); `stand_sd` is the spread of log-means between stands and
    `fair_sd` between fairs. `answer` is from a call to the start, `turnover` from an end to the next call, `grace`
    how long an absent person is waited for; people check in `early` before their time, give or take `early_sd`; a stand
    that is free calls who is here `lead` before their time. All six are in minutes. The defaults are the fairs of the
    simulated days.
    """

    log_mean: float = log(11.5 / 12)
    log_sd: float = 0.35
    stand_sd: float = 0.18
    fair_sd: float = 0.15
    no_show: float = 0.12
    answer: float = 0.3
    turnover: float = 0.7
    grace: float = 5.0
    early: float = 10.0
    early_sd: float = 5.0
    lead: float = 0.0


@dataclass(frozen=True, slots=True)
class Finished:
    """An interview that is over. `arrived_at` is when the candidate checked in; None when nobody noticed."""

    started_at: datetime
    ended_at: datetime
    called_at: datetime | None = None
    booked_at: datetime | None = None
    arrived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Current:
    """Who is with the recruiter, or on the way there (`started_at` is None until they have met).

    `extended_to` is the end that the recruiter announced by giving them more time.
    """

    called_at: datetime
    started_at: datetime | None = None
    present: bool = True
    extended_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One entry of a queue. A walk-in has no `booked_at`; `ready_at` is when a person busy elsewhere can come."""

    booking_id: int
    booked_at: datetime | None
    present: bool = False
    ready_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What interviews have shown of a stand: how many, the mean of ln(duration / planned), the sum of squares about it;
    and how many people did not come."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0
    missed: int = 0


@dataclass(frozen=True, slots=True)
class StandState:
    """All that the journal holds about a stand of capacity one, and that moves the times of its queue.

    `planned` is the length of its interviews; `queue` is in the order of calling (booked by time, walk-ins by
    arrival, in any mix). `finished` and `no_shows` (when each was recorded) may go back over several half-days; what
    longer ago was is summed up in `before`. `away_until` holds back the next call; nobody is called within `pauses`.
    """

    stand_id: int
    planned: timedelta
    queue: tuple[Waiting, ...] = ()
    current: Current | None = None
    finished: tuple[Finished, ...] = ()
    no_shows: tuple[datetime, ...] = ()
    away_until: datetime | None = None
    pauses: tuple[Span, ...] = ()
    before: Shown = Shown()


@dataclass(frozen=True, slots=True)
class Estimate:
    """When someone will be called: `not_before` ≤ `low` ≤ `likely` ≤ `high`; the truth lies in low–high four times of five.

    `likely` is the median, the moment to show when only one fits.
    """

    not_before: datetime
    low: datetime
    likely: datetime
    high: datetime


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one stand is believed to be: ln(duration / planned) is normal; `spread` is our doubt about `log_mean`."""

    log_mean: float
    log_sd: float
    spread: float
    count: int

    @property
    def ratio(self) -> float:
        """Expected duration as a multiple of the planned length."""
        return exp(self.log_mean + (self.log_sd**2 + self.spread**2) / 2)
