"""Lets walk-ins into the gaps before booked people, draw by draw, by the time-box rule of the arbiter. Pure."""

import numpy as np

from jobdating.domain.arbiter import TimeBox
from jobdating.domain.estimate import chance
from jobdating.domain.estimate.chance import DRAWS, SERIALS, Grid
from jobdating.domain.estimate.lines import Index, Lines, after_pauses
from jobdating.domain.estimate.model import Prior


class Gaps:
    """The walk-ins of all stands, and how many of each stand's have been called in each draw.

    Fills the caller's `calls` (people, DRAWS), and moves on the caller's `free` (stands, DRAWS).
    """

    def __init__(self, lines: Lines, calls: Grid, pace: Grid, *, prior: Prior, box: TimeBox) -> None:
        self._lines, self._calls, self._pace, self._prior = lines, calls, pace, prior
        self._slack, self._least = box.slack.total_seconds() / 60, box.least.total_seconds() / 60
        self._count = np.count_nonzero(lines.walk_ins >= 0, axis=1)
        self._rows = np.flatnonzero(self._count)
        self._called = np.zeros((len(self._count), DRAWS), dtype=np.intp)

    def fill(self, free: Grid, floors: Grid) -> None:
        """Call walk-ins before the booked people due at `floors` (the first stands, 1) where the box allows."""
        rows = self._rows[self._rows < len(floors)]
        if rows.size:
            self._call_while_fitting(free, rows, floors[rows] + np.float32(self._slack))

    def fill_rest(self, free: Grid) -> None:
        """Call the walk-ins who are left after everybody with a time."""
        self._call_while_fitting(free, self._rows, np.full((len(self._rows), 1), np.inf, dtype=np.float32))

    def _call_while_fitting(self, free: Grid, rows: Index, limit: Grid) -> None:
        while rows.size:
            going_on = self._call(free, rows, limit)
            rows, limit = rows[going_on], limit[going_on]

    def _call(self, free: Grid, rows: Index, limit: Grid) -> Index:
        """Call one walk-in in each draw of `rows` that has one and the room; which of `rows` had such a draw."""
        call = after_pauses(free[rows], self._lines.pauses[rows])
        at, draw = np.nonzero((limit - call >= self._least) & (self._called[rows] < self._count[rows, None]))
        row = rows[at]
        nth = self._called[row, draw]
        moment = np.maximum(call[at, draw], self._lines.ready[row, nth])
        room = limit[at, 0] - moment
        fits = np.flatnonzero(room >= self._least)
        at, row, draw, nth, moment, room = at[fits], row[fits], draw[fits], nth[fits], moment[fits], room[fits]
        length = chance.normals("walk-in")[nth % SERIALS, draw]
        kept = self._prior.answer + np.exp(self._pace[row, draw] + np.float32(self._prior.log_sd) * length)
        self._calls[self._lines.walk_ins[row, nth], draw] = moment
        free[row, draw] = moment + np.minimum(kept, room) + np.float32(self._prior.turnover)
        self._called[row, draw] += 1
        return np.unique(at)
