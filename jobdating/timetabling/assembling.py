"""Turns a fair's snapshot into an instance to solve, and a solution back into candidates and slots. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from jobdating.domain.common_grid import CommonGrid, Lane, lay, ranges
from jobdating.domain.timetable import Candidate, Denial, Instance, Interview, Pair, Policy, Solution, Stand
from jobdating.domain.weighing import Weights
from jobdating.domain.wishing import Decision, Denied
from jobdating.queries.snapshot import Held, Person, Snapshot

Given = tuple[int, int]  # a candidate and a slot


@dataclass(frozen=True)
class _Busy:
    """What bookings take out of the grid: cells of lanes and of candidates, and what stays locked where."""

    locked: dict[tuple[int, int], Interview]  # candidate, stand
    movable: tuple[Interview, ...]
    beside: dict[int, set[int]]  # candidate → cells they cannot use for bookings that the grid cannot show
    uncounted: dict[int, int]  # candidate → bookings that count, and that the instance does not know of
    taken: dict[Lane, set[int]]


@dataclass(frozen=True)
class Assembly:
    """The fair on its common grid. Ids in instances are those of the database as text; a lane is "stand.lane"."""

    fair: Snapshot
    grid: CommonGrid

    def instance(self, weights: Weights, *, mending: bool = False) -> Instance:
        """What is to be solved under these weights. When `mending`, what the timetable gave before is not locked:
        it comes as `published`."""
        busy, lanes = self._busy(mending), self._lanes
        grid = self.grid
        open_ = {
            lane: {c for c, slot in cells.items() if slot not in self.fair.closed} - busy.taken.get(lane, set())
            for lane, cells in grid.places.items()
        }
        locked = list(busy.locked.values())
        kept_cells: dict[str, set[int]] = defaultdict(set)
        for one in locked:
            open_[_lane(one.stand)].add(one.slot)
            kept_cells[one.candidate].add(one.slot)
        favourites = {
            lane: tuple(str(c) for c in self.fair.favourites.get(lane[0], ()) if lanes.get((c, lane[0])) == lane)
            for lane in grid.places
        }
        return Instance(
            slots=len(grid.cells),
            half_days=grid.half_days,
            stands=tuple(Stand(_name(lane), ranges(cells), favourites[lane]) for lane, cells in sorted(open_.items())),
            candidates=tuple(self._candidate(person, busy, kept_cells[str(person.candidate_id)]) for person in self._people),
            locked=tuple(sorted(locked, key=lambda one: (int(one.candidate), one.slot))),
            pinned=tuple(self._decided(Decision.PIN, busy)),
            forbidden=tuple(sorted(self._forbidden(busy))),
            policy=Policy(self.fair.cap, grid.min_gap, weights.bonus, weights.ranks, weights.favourites),
        )  # fmt: skip

    def published(self) -> tuple[Interview, ...]:
        """What the timetable gave before, and may be moved."""
        return self._busy(True).movable

    def given(self, interviews: Iterable[Interview]) -> list[Given]:
        """Candidates and slots; nobody more than the cap, whatever counts besides."""
        extra = self._busy(True).uncounted
        all_ = [(int(one.candidate), self.grid.places[_lane(one.stand)][one.slot]) for one in interviews]
        kept = {(held.candidate_id, held.slot_id) for held in self.fair.held}
        counts: dict[int, int] = defaultdict(int, extra)
        for candidate, slot in all_:
            counts[candidate] += (candidate, slot) in kept
        found: list[Given] = []
        for candidate, slot in all_:
            if (candidate, slot) not in kept:
                if candidate in extra and counts[candidate] >= self.fair.cap:
                    continue
                counts[candidate] += 1
            found.append((candidate, slot))
        return found

    def interviews(self, given: Iterable[Sequence[int]]) -> tuple[Interview, ...]:
        """Candidates and slots as the instance knows them; those whose lane is another one by now are left out."""
        stands = {place.slot_id: place.stand_id for place in self.fair.places}
        found = []
        for candidate, slot, *_ in given:
            lane = self._lanes.get((candidate, stands.get(slot, 0)))
            cell = self.grid.cell_of.get(slot)
            if lane is not None and cell is not None and self.grid.places[lane].get(cell) == slot:
                found.append(Interview(str(candidate), _name(lane), cell))
        return tuple(found)

    def denied(self, solution: Solution) -> list[tuple[int, int, Denied]]:
        """Why each wish was not met, in the words of the house."""
        unheard = {person.candidate_id for person in self.fair.people if not person.may_meet}
        found = []
        for each in solution.denied:
            candidate, stand = int(each.candidate), _lane(each.stand)[0]
            code = Denied(each.code.value)
            if each.code is Denial.INELIGIBLE:
                code = self._why(candidate, stand)
            elif candidate in unheard:
                code = Denied.CONSENT
            found.append((candidate, stand, code))
        nowhere = [
            (person.candidate_id, wish.stand_id, Denied.NO_COMMON_TIME)
            for person in self.fair.people
            for wish in person.wishes
            if (person.candidate_id, wish.stand_id) not in self._lanes
        ]
        return found + nowhere

    def named(self, pairs: Iterable[Pair]) -> list[tuple[int, int]]:
        """Pairs as candidate and stand."""
        return [(int(pair.candidate), _lane(pair.stand)[0]) for pair in pairs]

    def pair(self, candidate_id: int, stand_id: int) -> Pair:
        """A wish as the instance knows it."""
        return Pair(str(candidate_id), _name(self._lanes.get((candidate_id, stand_id), (stand_id, 0))))

    @property
    def has_lanes(self) -> bool:
        """Whether some stand has several places at a time: then people are spread over them beforehand."""
        return any(lane for _, lane in self.grid.places)

    @cached_property
    def _people(self) -> tuple[Person, ...]:
        busy = {held.candidate_id for held in self.fair.held}
        asked = {candidate for (candidate, _), decision in self.fair.decisions.items() if decision is Decision.PIN}
        return tuple(
            person for person in self.fair.people if person.wishes or person.candidate_id in busy | asked
        )  # fmt: skip

    @cached_property
    def _lanes(self) -> dict[tuple[int, int], Lane]:
        """Which lane of a stand each candidate is for: where they are booked, else where fewest are for its places."""
        found: dict[tuple[int, int], Lane] = {}
        load: dict[Lane, int] = defaultdict(int)
        slots = {place.slot_id: place.stand_id for place in self.fair.places}
        seated: set[tuple[Lane, int]] = set()
        for held in self.fair.held:
            cell = self.grid.cell_of.get(held.slot_id or 0)
            if held.slot_id is None or cell is None or slots[held.slot_id] != held.stand_id:
                continue
            for lane in self.grid.lanes(held.stand_id):
                if self.grid.places[lane].get(cell) == held.slot_id and (lane, cell) not in seated:
                    seated.add((lane, cell))
                    found.setdefault((held.candidate_id, held.stand_id), lane)
                    load[lane] += 1
                    break
        wanted = [
            (rank, person.candidate_id, wish.stand_id)
            for person in self.fair.people
            for rank, wish in enumerate(person.wishes)
        ]
        wanted += [(0, candidate, stand) for candidate, stand in self.fair.decisions]
        for _, candidate, stand in sorted(wanted):
            lanes = self.grid.lanes(stand)
            if (candidate, stand) not in found and lanes:
                lane = max(lanes, key=lambda lane: (len(self.grid.places[lane]) / (load[lane] + 1), -lane[1]))
                found[candidate, stand] = lane
                load[lane] += 1
        return found

    def _busy(self, mending: bool) -> _Busy:
        return self._busy_mending if mending else self._busy_made

    @cached_property
    def _busy_mending(self) -> _Busy:
        return self._occupied(mending=True)

    @cached_property
    def _busy_made(self) -> _Busy:
        return self._occupied(mending=False)

    def _occupied(self, *, mending: bool) -> _Busy:
        locked: dict[tuple[int, int], Interview] = {}
        movable: list[Interview] = []
        beside: dict[int, set[int]] = defaultdict(set)
        uncounted: dict[int, int] = defaultdict(int)
        taken: dict[Lane, set[int]] = defaultdict(set)
        seated: set[tuple[Lane, int]] = set()
        counts: dict[int, int] = defaultdict(int)
        busy_cells: set[tuple[int, int]] = set()
        for held in self.fair.held:
            place = self._seat(held, seated)
            pair = (held.candidate_id, held.stand_id)
            counts[held.candidate_id] += 1
            shown = (
                place is not None
                and place[0] == self._lanes.get(pair)
                and pair not in locked
                and (held.candidate_id, place[1]) not in busy_cells
                and counts[held.candidate_id] <= self.fair.cap
            )
            if place is not None:
                seated.add(place)
            if shown and place is not None:
                one = Interview(str(held.candidate_id), _name(place[0]), place[1])
                if mending and held.movable:
                    movable.append(one)
                    continue
                busy_cells.add((held.candidate_id, place[1]))
                locked[pair] = one
                continue
            uncounted[held.candidate_id] += 1
            if place is not None:
                taken[place[0]].add(place[1])
            if held.span is not None:
                beside[held.candidate_id] |= self.grid.near(held.span, self.fair.gap)
        return _Busy(locked, tuple(movable), dict(beside), dict(uncounted), dict(taken))

    def _seat(self, held: Held, seated: set[tuple[Lane, int]]) -> tuple[Lane, int] | None:
        """The lane and cell in which a booking sits."""
        cell = self.grid.cell_of.get(held.slot_id or 0)
        if held.slot_id is None or cell is None:
            return None
        lanes = self.grid.lanes(held.stand_id)
        own = self._lanes.get((held.candidate_id, held.stand_id))
        for lane in sorted(lanes, key=lambda lane: lane != own):
            if self.grid.places[lane].get(cell) == held.slot_id and (lane, cell) not in seated:
                return lane, cell
        return None

    def _candidate(self, person: Person, busy: _Busy, kept: set[int]) -> Candidate:
        everything = set(range(len(self.grid.cells)))
        free = everything if person.available is None else self.grid.within(person.available)
        if not person.may_meet:
            free = set()
        free = (free - busy.beside.get(person.candidate_id, set())) | kept
        wishes = []
        for wish in person.wishes:
            lane = self._lanes.get((person.candidate_id, wish.stand_id))
            if lane is not None:
                wishes.append(_name(lane))
        return Candidate(str(person.candidate_id), ranges(free), tuple(wishes))

    def _decided(self, decision: Decision, busy: _Busy) -> Iterable[Pair]:
        for (candidate, stand), decided in sorted(self.fair.decisions.items()):
            if decided is decision and (candidate, stand) not in busy.locked and (candidate, stand) in self._lanes:
                yield self.pair(candidate, stand)

    def _forbidden(self, busy: _Busy) -> set[Pair]:
        """Not eligible, refused by the stand, taken out by hand; never what is booked all the same, or pinned."""
        out = self.fair.refused | self.fair.given_up
        pinned = {pair for pair, decided in self.fair.decisions.items() if decided is Decision.PIN}
        unfit = {
            (person.candidate_id, wish.stand_id)
            for person in self.fair.people
            for wish in person.wishes
            if not wish.eligible or (person.candidate_id, wish.stand_id) in out
        }
        by_hand = {pair for pair, decided in self.fair.decisions.items() if decided is Decision.FORBID}
        known = {person.candidate_id for person in self._people}
        return {
            self.pair(*pair)
            for pair in (unfit | by_hand) - pinned - set(busy.locked)
            if pair in self._lanes and pair[0] in known
        }

    def _why(self, candidate: int, stand: int) -> Denied:
        if self.fair.decisions.get((candidate, stand)) is Decision.FORBID:
            return Denied.FORBIDDEN
        if (candidate, stand) in self.fair.given_up:
            return Denied.GIVEN_UP
        return Denied.REFUSED if (candidate, stand) in self.fair.refused else Denied.INELIGIBLE


def assemble(fair: Snapshot) -> Assembly:
    """The fair on its common grid."""
    return Assembly(fair, lay(fair.places, gap=fair.gap, timezone=fair.timezone))


def _name(lane: Lane) -> str:
    return f"{lane[0]}.{lane[1]}" if lane[1] else str(lane[0])


def _lane(name: str) -> Lane:
    stand, _, lane = name.partition(".")
    return int(stand), int(lane or 0)
