"""When each waiting person will be called: a recursion down the queue over common random draws. Pure.

For every draw, `call = max(free, booked)` and `free = call + how long the person keeps the stand`, starting from the
remaining time of the interview that is going on. At a fair where people who are ready are called a little before their
time, that much sooner; what anybody is told is never before it. The draws are fixed, and tied to a person's serial
number in the stand's day: the same input gives the same answer, and the queue moving up by one does not shake it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice

import numpy as np

from jobdating.domain.arbiter import TimeBox
from jobdating.domain.estimate import chance
from jobdating.domain.estimate.chance import DRAWS, SERIALS, Grid
from jobdating.domain.estimate.gaps import Gaps
from jobdating.domain.estimate.lines import Holdings, Index, Lines, after_pauses, lay_out
from jobdating.domain.estimate.model import Estimate, Prior, StandState

LOW, LIKELY, HIGH = (round(part * DRAWS) - 1 for part in (0.15, 0.50, 0.89))

_BOX = TimeBox()


def estimate_stand(stand: StandState, *, prior: Prior, now: datetime, box: TimeBox = _BOX) -> tuple[Estimate, ...]:
    """Estimates of one stand's queue, in its order: the same as `estimate_fair` gives for it."""
    return estimate_fair((stand,), prior=prior, now=now, box=box)[0]


def estimate_fair(
    stands: Sequence[StandState], *, prior: Prior, now: datetime, box: TimeBox = _BOX
) -> tuple[tuple[Estimate, ...], ...]:
    """Estimates of every stand's queue, stands and people in the order given. Stands do not move each other."""
    lines = lay_out(stands, prior=prior, now=now)
    calls = _play(lines, prior=prior, box=box)
    calls.sort(axis=1)
    moments = np.rint(now.timestamp() + 60.0 * calls[:, (LOW, LIKELY, HIGH)].astype(np.float64))
    # Whole seconds; a floor with fractions may lie a little above what is rounded.
    moments = np.maximum(moments, lines.earliest[:, None])
    not_before = np.where(np.isfinite(lines.earliest), lines.earliest, moments[:, 0])
    columns = [[datetime.fromtimestamp(one, UTC) for one in column.tolist()] for column in (not_before, *moments.T)]
    estimates = map(Estimate, *columns)
    return tuple(tuple(islice(estimates, len(stand.queue))) for stand in stands)


def _play(lines: Lines, *, prior: Prior, box: TimeBox) -> Grid:
    """(people, DRAWS): the moment of each call."""
    calls = np.empty((len(lines.earliest), DRAWS), dtype=np.float32)
    pace = lines.pace + lines.spread * chance.normals("pace")[0]
    free = np.repeat(lines.free, DRAWS, axis=1)
    held = lines.holdings.rows
    free[held] = np.maximum(free[held], _rest(lines.holdings, pace[held], lines.serial[held], prior) + prior.turnover)
    gaps = Gaps(lines, calls, pace, prior=prior, box=box)
    for position in range(lines.booked.shape[1]):
        having = int(np.count_nonzero(lines.booked[:, position] >= 0))
        floor = lines.floors[:having, position, None]
        gaps.fill(free, floor)
        earliest = floor - lines.lead[:having, position, None]
        call = after_pauses(np.maximum(free[:having], earliest), lines.pauses[:having])
        calls[lines.booked[:having, position]] = call
        serial = (lines.serial[:having] + position) % SERIALS
        kept = prior.answer + np.exp(pace[:having] + np.float32(prior.log_sd) * chance.normals("length")[serial])
        gone = chance.uniforms("show")[serial] < lines.missing[:having, position, None]
        free[:having] = call + np.where(gone, np.float32(prior.grace), kept + prior.turnover)
    gaps.fill_rest(free)
    return calls


def _rest(holdings: Holdings, pace: Grid, serial: Index, prior: Prior) -> Grid:
    """Minutes until the people who keep the stands have left them."""
    before = (serial - 1) % SERIALS
    met = np.isfinite(holdings.elapsed[:, 0])
    rest = np.empty_like(pace)
    # Of the interviews that have lasted this long, how long do they last?
    elapsed = np.maximum(holdings.elapsed[met], np.float32(0.01))
    lasted = chance.survival((np.log(elapsed) - pace[met]) / np.float32(prior.log_sd))
    longer = chance.deviate(lasted - np.log1p(-chance.uniforms("length")[before[met]]))
    ends = np.exp(pace[met] + np.float32(prior.log_sd) * longer) - elapsed
    rest[met] = np.maximum(ends, holdings.at_least[met])
    answer = np.maximum(np.float32(prior.answer) - holdings.called[~met], 0)
    lasts = np.exp(pace[~met] + np.float32(prior.log_sd) * chance.normals("length")[before[~met]])
    gone = chance.uniforms("show")[before[~met]] < holdings.missing[~met]
    rest[~met] = np.where(gone, np.maximum(np.float32(prior.grace) - holdings.called[~met], 0), answer + lasts)
    return rest
