"""Where times are so narrow that candidates' own clashes matter: prices on a candidate's slots (Lagrange). Pure.

The fine flow ignores that a candidate is in one place at a time. Each window of a candidate that two of their wishes
contest gets a price, and whoever uses it more than once makes it rise. For any prices, what the flow is worth after
paying them plus all prices is a bound on every timetable (weak duality); the flow at good prices has few clashes left.
All in whole numbers, so that every machine finds the same.
"""

from collections.abc import Sequence

import numpy as np

from jobdating.domain.timetable.board import Board
from jobdating.domain.timetable.network import SCALE, Network, Numbers
from jobdating.domain.timetable.placement import fill, rating, realise, worth
from jobdating.domain.timetable.table import Table, bits

WORK = 1_500_000  # arcs to be looked at, over all rounds: what bounds the time
MOST_ARCS = 400_000  # what bounds the memory
MOST_ROUNDS = 60
NEAR = 5_000  # within one part of so many of the bound is near enough for work as heavy as this
PATIENCE = 5  # rounds without a better bound before the steps are halved


def refine(table: Table, *, best: Board, bound: int) -> tuple[Board, int]:
    """A better board and a lower bound, or the same ones when prices find none or the table is too large for them."""
    if sum(link.common.bit_count() for link in table.links) > MOST_ARCS:
        return best, bound
    windows = _Windows(table)
    network = Network(table, fine=True, alone=windows.links)
    windows.settle(network.priced)
    prices = np.zeros(windows.count, dtype=np.int64)
    lowest, halvings, stale, reached = bound * SCALE, 0, 0, worth(best)
    for _ in range(min(MOST_ROUNDS, WORK // network.size)):
        flow = network.best(prices=windows.spread(prices))
        value = flow.value + int(prices.sum())
        stale = 0 if value < lowest else stale + 1
        lowest = min(lowest, value)
        board = Board(table)
        realise(board, flow.chosen)
        fill(board)
        if rating(board) > rating(best):
            best, reached = board, worth(board)
        if (lowest // SCALE - reached) * NEAR <= reached:
            break
        if stale == PATIENCE:
            stale, halvings = 0, halvings + 1
        excess = windows.uses(flow.priced) - 1
        excess[(prices == 0) & (excess < 0)] = 0
        norm = int(excess @ excess)
        if norm == 0:
            break
        step = max(1, (value - reached * SCALE) // (norm << halvings))
        prices = np.maximum(0, prices + step * excess)
    return best, table.whole(lowest // SCALE)


class _Windows:
    """Where at most one interview of a candidate has room (min_gap + 1 slots in a row of a half-day), and at least two
    of their links could be. `links` are those that could be in one."""

    def __init__(self, table: Table) -> None:
        self.links: set[int] = set()
        self._number: dict[tuple[int, int], int] = {}  # candidate, first slot
        self._covering = [_covering(table, slot) for slot in range(table.instance.slots)]
        self._candidates = [link.candidate for link in table.links]
        for candidate, own in enumerate(table.links_of):
            users: dict[int, list[int]] = {}
            for link in own:
                for first in {first for slot in bits(table.links[link].common) for first in self._covering[slot]}:
                    users.setdefault(first, []).append(link)
            for first in sorted(users):
                if len(users[first]) > 1:
                    self._number[candidate, first] = len(self._number)
                    self.links.update(users[first])
        self.count = len(self._number)

    def settle(self, priced: Sequence[tuple[int, int]]) -> None:
        """Learn which arcs of the network (link, slot) lie in which window."""
        cells = [
            (arc, window)
            for arc, (link, slot) in enumerate(priced)
            for first in self._covering[slot]
            if (window := self._number.get((self._candidates[link], first))) is not None
        ]
        self._arcs, self._windows = np.array(cells, dtype=np.int64).reshape(-1, 2).T
        self._count_of_arcs = len(priced)

    def spread(self, prices: Numbers) -> Numbers:
        """What each arc costs when its windows do."""
        costs = np.zeros(self._count_of_arcs, dtype=np.int64)
        np.add.at(costs, self._arcs, prices[self._windows])
        return costs

    def uses(self, used: Numbers) -> Numbers:
        """How often each window is used when each arc is so often."""
        uses = np.zeros(self.count, dtype=np.int64)
        np.add.at(uses, self._windows, used[self._arcs])
        return uses


def _covering(table: Table, slot: int) -> list[int]:
    """The first slots of the windows in which this slot lies; none of them inside another."""
    length = table.instance.policy.min_gap + 1
    start, end = table.instance.half_days[table.half_day_of[slot]]
    return list(range(max(start, slot - length + 1), max(start, min(slot, end - length)) + 1))
