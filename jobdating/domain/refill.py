"""When a stand has time to spare, how long, and whom to offer it to, in which order. Pure.

A gap never costs a booked person their time: it ends when the next of them may come, and the time-box rule of the
arbiter says whether what is left is an interview at all.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from jobdating.domain.arbiter import Choice, Entry, Reason, TimeBox, next_wanted
from jobdating.domain.meanwhile import ON_THE_WAY

FRESH = timedelta(minutes=10)  # a stand whose last interview ended longer ago is not offered by itself
ANSWER_WITHIN = timedelta(seconds=90)
ANSWER_AT_LEAST = timedelta(seconds=20)
_NO_RANK = 1_000


class Circle(IntEnum):
    """How near somebody is to the stand. Nobody is asked while somebody of a nearer circle may still say yes."""

    LINE = 0  # waits in its line without an appointment
    WAITLIST = 1  # waited for a place there before the day
    WISH = 2  # wished for it
    AROUND = 3  # is here today, and of the trade


@dataclass(frozen=True)
class Fit:
    """Somebody who could come: `interviews` they had or have, `rank` of the stand among their wishes (1 the first),
    `since` they wait."""

    candidate_id: int
    circle: Circle
    interviews: int
    rank: int | None
    since: datetime


def ends(
    queue: Sequence[Entry], choice: Choice, *, now: datetime, closes_at: datetime, box: TimeBox
) -> datetime | None:
    """When a gap that begins now ends, None when there is none: somebody can be called without being asked, or the
    next booked person (or the end of the stand's hours, `closes_at`) comes too soon for an interview."""
    at_hand = choice.booking_id is not None and not choice.ask and choice.reason is not Reason.WALK_IN
    if at_hand:
        return None
    wanted = next_wanted(queue, now)
    until = closes_at if wanted is None else min(closes_at, box.stop(next_booked=wanted))
    return until if until - now >= box.least else None


def answer_by(*, until: datetime, now: datetime, box: TimeBox) -> datetime | None:
    """Until when somebody may say yes and still have an interview, None when that is too soon to ask."""
    latest = min(now + ANSWER_WITHIN, until - box.least)
    return latest if latest - now >= ANSWER_AT_LEAST else None


def fits_before(back_by: datetime | None, *, until: datetime, now: datetime, length: timedelta) -> bool:
    """Whether somebody who comes now is free again for what they have next."""
    return back_by is None or min(now + length, until) + ON_THE_WAY <= back_by


def group(people: Iterable[Fit], *, size: int, asked: Collection[int] = ()) -> list[int]:
    """Whom to ask next: at most `size`, all of one circle, who were not `asked`.

    A first interview counts for more than a third, whatever the rank; then the wish, then the longer wait.
    """
    order = sorted(
        (each for each in people if each.candidate_id not in asked),
        key=lambda each: (each.circle, each.interviews, each.rank or _NO_RANK, each.since, each.candidate_id),
    )
    return [each.candidate_id for each in order if each.circle is order[0].circle][:size]
