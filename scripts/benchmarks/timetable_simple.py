"""The simpler ways to make a timetable that ours is compared with, and how many people can be served at most.

They work on the JSON of an instance's file and keep all its rules.
"""

from collections import defaultdict
from collections.abc import Iterator
from random import Random

import numpy as np

from scripts.benchmarks.timetable_validator import Json


class Room:
    """Who is where, and what is still possible."""

    def __init__(self, instance: Json) -> None:
        self.instance = instance
        self.half_day = [number for number, (start, end) in enumerate(instance["half_days"]) for _ in range(start, end)]
        self.open = {("stand", one["id"]): _slots(one) for one in instance["stands"]}
        self.open |= {("candidate", one["id"]): _slots(one) for one in instance["candidates"]}
        self.stands: dict[str, list[str]] = defaultdict(list)
        self.meetings: list[Json] = []
        self.barred = {(one["candidate"], one["stand"]) for one in instance["forbidden"]}
        for one in instance["locked"]:
            self.place(one["candidate"], one["stand"], one["slot"])

    def place(self, candidate: str, stand: str, slot: int) -> None:
        self.meetings.append({"candidate": candidate, "stand": stand, "slot": slot})
        self.stands[candidate].append(stand)
        self.open["stand", stand].discard(slot)
        self.open["candidate", candidate] -= set(self.near(slot))

    def near(self, slot: int) -> Iterator[int]:
        """The slots in which somebody who is busy in this one cannot be elsewhere."""
        gap = self.instance["min_gap"]
        for other in range(max(0, slot - gap), min(len(self.half_day), slot + gap + 1)):
            if self.half_day[other] == self.half_day[slot]:
                yield other

    def first_slot(self, candidate: str, stand: str) -> int | None:
        """The earliest slot in which the two could meet."""
        if stand in self.stands[candidate] or (candidate, stand) in self.barred:
            return None
        if len(self.stands[candidate]) >= self.instance["cap"]:
            return None
        return min(self.open["stand", stand] & self.open["candidate", candidate], default=None)


def first_come(instance: Json, chance: Random) -> list[Json]:
    """One after the other, each takes the best places that are left, up to the cap."""
    room = Room(instance)
    for candidate in _shuffled(instance, chance):
        for stand in candidate["wishes"]:
            slot = room.first_slot(candidate["id"], stand)
            if slot is not None:
                room.place(candidate["id"], stand, slot)
    return room.meetings


def rank_greedy(instance: Json, chance: Random) -> list[Json]:
    """In turns: each takes the best place that is left, whoever has the fewest possible times first; at last those
    who have none take the place of somebody who has several."""
    room = Room(instance)
    times = {one["id"]: _slots(one) for one in instance["stands"]}
    choices = {
        one["id"]: sum(len(_slots(one) & times[stand]) for stand in one["wishes"]) for one in instance["candidates"]
    }
    order = sorted(_shuffled(instance, chance), key=lambda one: choices[one["id"]])
    for turn in range(instance["cap"]):
        for candidate in order:
            if len(room.stands[candidate["id"]]) > turn:
                continue
            for stand in candidate["wishes"]:
                slot = room.first_slot(candidate["id"], stand)
                if slot is not None:
                    room.place(candidate["id"], stand, slot)
                    break
    _repair(room, order)
    return room.meetings


def _repair(room: Room, order: list[Json]) -> None:
    locked = [(one["stand"], one["slot"]) for one in room.instance["locked"]]
    at = {(one["stand"], one["slot"]): one for one in room.meetings}
    for candidate in order:
        if room.stands[candidate["id"]]:
            continue
        for stand, slot in ((stand, slot) for stand in candidate["wishes"] for slot in sorted(_slots(candidate))):
            there = at.get((stand, slot))
            if there and len(room.stands[there["candidate"]]) > 1 and (stand, slot) not in locked:
                if (candidate["id"], stand) in room.barred:
                    continue
                room.stands[there["candidate"]].remove(stand)
                there["candidate"] = candidate["id"]
                room.stands[candidate["id"]].append(stand)
                break


def coverage(instance: Json, *, by_slot: bool = False) -> int:
    """How many candidates can have an interview at most: a flow of one unit each into the half-days of stands, or into
    their slots, which is exact and larger."""
    from ortools.graph.python import max_flow

    booked = {(one["stand"], one["slot"]) for one in instance["locked"]}
    served = {one["candidate"] for one in instance["locked"]}
    halves = [set(range(start, end)) for start, end in instance["half_days"]]
    if by_slot:
        halves = [{slot} for slot in range(instance["slots"])]
    times = {one["id"]: {slot for slot in _slots(one) if (one["id"], slot) not in booked} for one in instance["stands"]}
    node = {
        (stand, half): number + 2
        for number, (stand, half) in enumerate((s, h) for s in times for h in range(len(halves)))
    }
    arcs = [(node[stand, half], 1, len(times[stand] & halves[half])) for stand, half in node]
    barred = {(one["candidate"], one["stand"]) for one in instance["forbidden"]}
    for number, candidate in enumerate(instance["candidates"], len(node) + 2):
        if candidate["id"] in served:
            continue
        arcs.append((0, number, 1))
        for stand in candidate["wishes"]:
            common = _slots(candidate) & times[stand]
            if (candidate["id"], stand) not in barred:
                arcs += [(number, node[stand, half], 1) for half, slots in enumerate(halves) if common & slots]
    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(*(np.ascontiguousarray(column) for column in np.array(arcs, dtype=np.int64).T))
    solver.solve(0, 1)
    return len(served) + solver.optimal_flow()


def _shuffled(instance: Json, chance: Random) -> list[Json]:
    return chance.sample(instance["candidates"], len(instance["candidates"]))


def _slots(person: Json) -> set[int]:
    return {slot for start, end in person["free"] for slot in range(start, end)}
