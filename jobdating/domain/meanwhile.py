"""Where somebody may be seen without an appointment and be back in time. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobdating.domain.arbiter import TimeBox

LONGEST = timedelta(minutes=20)  # a longer wait is no pastime
ON_THE_WAY = timedelta(minutes=5)  # between the end here and one's own time elsewhere


@dataclass(frozen=True)
class Line:
    """A stand as a walk-in finds it. `inside` is when the interview that runs should end, None when nobody is in;
    `present` wait and are due; `booked` are the times of those who are expected later."""

    inside: datetime | None
    present: int
    booked: tuple[datetime, ...]


@dataclass(frozen=True)
class Rhythm:
    """How long an interview lasts, and the pause after it."""

    interview: timedelta
    buffer: timedelta


def wait(line: Line, rhythm: Rhythm, *, now: datetime, back_by: datetime | None, box: TimeBox) -> timedelta | None:
    """How long a walk-in who comes now would wait, or None when it does not fit.

    It fits when the wait is short, the next booked person is hardly delayed, and one is back by `back_by`.
    """
    free = now if line.inside is None else max(now, line.inside + rhythm.buffer)
    free += line.present * (rhythm.interview + rhythm.buffer)
    next_booked = min((at for at in line.booked if at >= now), default=None)
    if free - now > LONGEST or not box.admits(next_booked=next_booked, now=free):
        return None
    if back_by is not None and free + rhythm.interview + ON_THE_WAY > back_by:
        return None
    return free - now


def first(waits: Iterable[tuple[int, timedelta | None]], *, most: int = 3) -> list[tuple[int, timedelta]]:
    """The stands with the shortest waits, by id; at most `most`."""
    fitting = [(stand_id, each) for stand_id, each in waits if each is not None]
    return sorted(fitting, key=lambda found: (found[1], found[0]))[:most]
