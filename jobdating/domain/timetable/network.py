"""Decides who meets whom, leaving out only that a candidate cannot be in two places at once: a min-cost flow. Pure.

From the source a candidate draws one unit an interview, each worth the bonus of its place; a unit runs along a wish to
the stand in one of its half-days (when `fine`, one of its slots), which take as many as they have slots. Bonuses do not
rise, so that the flow takes them in order. What the flow is worth is a bound on every timetable.
"""

from array import array
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobdating.domain.timetable.table import PINNED, Table, bits

SCALE = 256  # of costs: prices and preferences are parts of a point

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Flow:
    """`value` is what the flow is worth in 1/SCALE points, prices and preferences in it, pins not; `chosen` are links,
    each with the slots in which the flow put it; `priced` are the uses of the arcs that can have a price."""

    value: int
    chosen: tuple[tuple[int, int], ...]
    priced: Numbers


class Network:
    """The arcs for one table. `alone` are links whose every (link, slot) gets an arc of its own, so that it can have a
    price: see `priced`. All others that may use the same half-days of a stand share a node."""

    def __init__(self, table: Table, *, fine: bool = False, alone: Collection[int] = ()) -> None:
        self.table = table
        self._arcs = array("q")  # tail, head, room, cost of one after the other
        self._fine = fine
        self._units = [1 << slot for slot in range(table.instance.slots)] if fine else list(table.half_days)
        self._source = len(table.candidate_free)
        self._sink = self._source + 1
        self._nodes = self._sink + 1
        self._unit_nodes: dict[tuple[int, int], int] = {}
        self._supply = 0
        self.priced: list[tuple[int, int]] = []  # of each arc that can have a price: link and unit
        self._draws()
        self._entries(frozenset(alone))
        self._rooms()
        self._arcs.extend((self._source, self._sink, self._supply, 0))
        self.size = self._count()
        columns = np.frombuffer(self._arcs, dtype=np.int64).reshape(-1, 4).T
        self._tails, self._heads, self._rooms_of, self._costs = (np.ascontiguousarray(one) for one in columns)

    def best(
        self,
        *,
        banned: Collection[int] = (),
        preferred: Mapping[int, int] | None = None,
        prices: Numbers | None = None,
    ) -> Flow:
        """The best flow without the `banned` links. `preferred` adds to the worth of links and `prices` (of each arc in
        `priced`) takes from it, in 1/SCALE points."""
        from ortools.graph.python import min_cost_flow  # here, as it takes a moment to load

        costs, room = self._costs.copy(), self._rooms_of
        for link, points in (preferred or {}).items():
            costs[self._entry_of[link]] -= points
        if prices is not None:
            costs[self._first_priced : self._first_priced + len(self.priced)] += prices
        if banned:
            room = room.copy()
            room[[self._entry_of[link] for link in banned]] = 0
        grain = int(np.gcd.reduce(costs)) or 1  # the smaller the costs, the fewer the rounds of the solver
        solver = min_cost_flow.SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(self._tails, self._heads, room, costs // grain)
        solver.set_node_supply(self._source, self._supply)
        solver.set_node_supply(self._sink, -self._supply)
        status = solver.solve()
        assert status == solver.OPTIMAL, status
        return self._read(solver.flows(np.arange(self.size)), -solver.optimal_cost() * grain)

    def _draws(self) -> None:
        """From the source to each candidate."""
        table, cap = self.table, self.table.instance.policy.cap
        steps: dict[tuple[int, int], list[tuple[int, int]]] = {}  # points, and how many interviews add so much
        for candidate, free in enumerate(table.candidate_free):
            has = len(table.locked[candidate])
            most = _most_apart(table, free, limit=min(cap - has, len(table.links_of[candidate])))
            self._supply += most
            if (has, most) not in steps:
                steps[has, most] = list(Counter(table.bonus(count) for count in range(has, has + most)).items())
            for points, times in steps[has, most]:
                self._arcs.extend((self._source, candidate, times, -points * SCALE))

    def _entries(self, alone: frozenset[int]) -> None:
        """From each candidate into a wish, and on to the stand's units."""
        first, shared = self._count(), self._groups(alone)
        group_of = {link: group for group, (_, links) in enumerate(shared) for link in links}
        group_nodes = [self._unit(key[0], key[1][0]) if len(key[1]) == 1 else self._node() for key, _ in shared]
        own: list[tuple[int, int]] = []  # link, node
        for number, link in enumerate(self.table.links):
            if number in alone:
                own.append((number, self._node()))
                head = own[-1][1]
            else:
                head = group_nodes[group_of[number]]
            cost = (link.weight + (PINNED if link.pinned else 0)) * SCALE
            self._arcs.extend((link.candidate, head, 1, -cost))
        self._entry_of = range(first, self._count())
        self._shared = []  # arcs from, arcs to, units, links
        for (key, links), node in zip(shared, group_nodes, strict=True):
            stand, units = key
            begin = self._count()
            if len(units) > 1:
                for unit in units:
                    self._arcs.extend((node, self._unit(stand, unit), len(links), 0))
            self._shared.append((begin, self._count(), units, links))
        self._first_priced = self._count()
        for number, node in own:
            link = self.table.links[number]
            for unit in self._units_in(link.common):
                self.priced.append((number, unit))
                self._arcs.extend((node, self._unit(link.stand, unit), 1, 0))

    def _groups(self, alone: frozenset[int]) -> list[tuple[tuple[int, tuple[int, ...]], list[int]]]:
        """Links by their stand and the units in which they can be."""
        groups: dict[tuple[int, tuple[int, ...]], list[int]] = {}
        units: dict[int, tuple[int, ...]] = {}
        for number, link in enumerate(self.table.links):
            if number not in alone:
                common = units.get(link.common)
                if common is None:
                    common = units[link.common] = self._units_in(link.common)
                groups.setdefault((link.stand, common), []).append(number)
        return list(groups.items())

    def _units_in(self, slots: int) -> tuple[int, ...]:
        if self._fine:
            return tuple(bits(slots))
        return tuple(unit for unit, mask in enumerate(self._units) if mask & slots)

    def _rooms(self) -> None:
        """From each stand's unit to the sink."""
        for (stand, unit), node in self._unit_nodes.items():
            self._arcs.extend((node, self._sink, (self.table.stand_free[stand] & self._units[unit]).bit_count(), 0))

    def _count(self) -> int:
        return len(self._arcs) // 4

    def _node(self) -> int:
        self._nodes += 1
        return self._nodes - 1

    def _unit(self, stand: int, unit: int) -> int:
        if (stand, unit) not in self._unit_nodes:
            self._unit_nodes[stand, unit] = self._node()
        return self._unit_nodes[stand, unit]

    def _read(self, flows: Numbers, value: int) -> Flow:
        units, used = self._units, flows.tolist()
        chosen: list[tuple[int, int]] = []
        for begin, end, where, members in self._shared:
            those = [link for link in members if used[self._entry_of[link]]]
            if begin == end:
                chosen += [(link, units[where[0]]) for link in those]
            else:
                places = [unit for arc, unit in zip(range(begin, end), where, strict=True) for _ in range(used[arc])]
                chosen += [(link, units[unit]) for link, unit in zip(those, places, strict=True)]
        priced = flows[self._first_priced : self._first_priced + len(self.priced)]
        chosen += [(self.priced[arc][0], units[self.priced[arc][1]]) for arc in np.flatnonzero(priced).tolist()]
        pins = sum(self.table.links[link].pinned for link, _ in chosen)
        return Flow(value - pins * PINNED * SCALE, tuple(sorted(chosen)), priced)


def _most_apart(table: Table, free: int, *, limit: int) -> int:
    """How many interviews, up to a limit, fit into these slots of a candidate with the gap between them."""
    count = 0
    while free and count < limit:
        free &= ~table.near[(free & -free).bit_length() - 1]  # the earliest first
        count += 1
    return count
