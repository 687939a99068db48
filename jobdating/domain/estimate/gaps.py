"""Lets walk-ins into the gaps before booked people, draw by draw, by the time-box rule of the arbiter. Pure."""

import numpy as np
from numpy.typing import NDArray

from jobdating.domain.arbiter import TimeBox
from jobdating.domain.estimate import chance
from jobdating.domain.estimate.chance import DRAWS, SERIALS, Grid
from jobdating.domain.estimate.lines import Index, Lines, after_pauses
from jobdating.domain.estimate.model import Prior

_NEVER = np.float32(np.inf)


class Gaps:
    """The walk-ins of all stands, and how many of each stand's have been called in each draw.

    Holds and fills the caller's `calls` (people, DRAWS).
    """

    def __init__(self, lines: Lines, calls: Grid, pace: Grid, *, prior: Prior, box: TimeBox) -> None:
        self._lines, self._calls, self._pace, self._prior = lines, calls, pace, prior
        self._slack, self._least = box.slack.total_seconds() / 60, box.least.total_seconds() / 60
        self._count = np.count_nonzero(lines.walk_ins >= 0, axis=1)
        self._rows = np.flatnonzero(self._count)
        self._called = np.zeros((len(self._count), DRAWS), dtype=np.intp)

    def fill(self, free: Grid, floors: Grid) -> None:
        """Call walk-ins before the booked people due at `floors` (stands, 1) where the box allows; moves `free` on."""
        rows = self._rows[self._rows < len(floors)]
        if rows.size:
            limit = floors[rows] + np.float32(self._slack)
            wide = limit[:, 0] - free[rows].min(axis=1) >= self._least
            self._call(free, rows[wide], limit[wide])

    def fill_rest(self, free: Grid) -> None:
        """Call the walk-ins who are left after everybody with a time."""
        self._call(free, self._rows, np.full((len(self._rows), 1), _NEVER))

    def _call(self, free: Grid, rows: Index, limit: Grid) -> None:
        columns = np.arange(DRAWS)
        while rows.size:
            nth = self._called[rows]
            left = nth < self._count[rows, None]
            nth = np.minimum(nth, self._count[rows, None] - 1)
            ready = np.maximum(free[rows], self._lines.ready[rows[:, None], nth])
            call = after_pauses(ready, self._lines.pauses[rows])
            room = limit - call
            fits: NDArray[np.bool_] = left & (room >= self._least)
            if not fits.any():
                return
            people = self._lines.walk_ins[rows[:, None], nth]
            self._calls[people[fits], np.broadcast_to(columns, fits.shape)[fits]] = call[fits]
            length = chance.normals("walk-in")[nth % SERIALS, columns]
            kept = self._prior.answer + np.exp(self._pace[rows] + np.float32(self._prior.log_sd) * length)
            free[rows] = np.where(fits, call + np.minimum(kept, room) + np.float32(self._prior.turnover), free[rows])
            self._called[rows] += fits
            going_on = fits.any(axis=1)
            rows, limit = rows[going_on], limit[going_on]
