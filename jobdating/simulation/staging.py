"""Makes a demo's database: the fair, its bookings, and its days so far, up to the moment where a visitor comes in."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from jobdating.db.engine import open_database
from jobdating.db.migrations import migrate
from jobdating.domain.slots import Span
from jobdating.simulation import diary, fair
from jobdating.simulation.crowd import Crowd, play
from jobdating.simulation.fair import DAYS, Cast, hours

EARLY, OVERTIME = timedelta(minutes=15), timedelta(minutes=40)
# What a visitor can see the seconds of is played in small steps, what is long over in large ones.
STEP, COARSE_STEP, FINELY = timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=20)


async def stage(url: str, *, seed: int, at: datetime) -> Cast:
    """Fill an empty database so that it is `at` in the fair; who takes part. The same seed gives the same fair."""
    migrate(url)
    db = open_database(url)
    try:
        cast = await db.write(fair.build, seed=seed)
        await db.write(diary.fill, cast, seed=seed, at=at)
        crowd = Crowd(db, cast, seed=seed)
        for span in before(at):
            fine = max(span.start, at - FINELY)
            step = COARSE_STEP if fine < span.end else 2 * COARSE_STEP
            await play(crowd, db, start=span.start, end=min(fine, span.end), step=step)
            await play(crowd, db, start=fine, end=span.end, step=STEP)
        await crowd.leave(at)
        await db.write(diary.forget_mail, until=at)
        return cast
    finally:
        await db.close()


def before(at: datetime) -> Iterator[Span]:
    """The half-days of the fair that have begun by `at`, the last one as far as `at`."""
    for day in DAYS:
        for half in range(2):
            open_hours = hours(day, half)
            start, end = open_hours.start - EARLY, min(open_hours.end + OVERTIME, at)
            if start < end:
                yield Span(start, end)
