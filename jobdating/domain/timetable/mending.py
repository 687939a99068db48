"""Mends a published timetable after cancellations, absences and newcomers. Pure and deterministic."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from jobdating.domain.timetable.board import Board
from jobdating.domain.timetable.checking import ensure_sound
from jobdating.domain.timetable.compaction import compact
from jobdating.domain.timetable.instance import Instance, Interview
from jobdating.domain.timetable.network import SCALE, Network
from jobdating.domain.timetable.placement import fill, realise
from jobdating.domain.timetable.solution import Solution, Strength
from jobdating.domain.timetable.solving import answer, solve
from jobdating.domain.timetable.table import Table, lay_out, mask_of

KEEPING = {Strength.KEEP_ALL: 100_000, Strength.MOVE_FEW: 55}  # points for a pair that meets as was published


def mend(instance: Instance, kept: Iterable[Interview], strength: Strength) -> Solution:
    """A timetable of `instance` that changes as little of `kept`, what was published, as `strength` asks.

    Interviews of `kept` that its rules no longer allow (somebody left, a stand is away) are let go first; those that
    nobody wishes for and that still can stay where they are. Raises `Malformed`.
    """
    if strength is Strength.ANEW:
        return solve(instance)
    ensure_sound(instance)
    wishes = {candidate.id: candidate.wishes for candidate in instance.candidates}
    pinned = set(instance.pinned)
    staying = possible(instance, kept)
    unwished = tuple(one for one in staying if one.stand not in wishes[one.candidate] and one.pair not in pinned)
    table = lay_out(replace(instance, locked=(*instance.locked, *unwished)))
    slots = _slots(table, staying)
    network = Network(table)
    bound = table.whole(network.best().value // SCALE)
    flow = network.best(preferred=dict.fromkeys(slots, KEEPING[strength] * SCALE))
    told, fixed = frozenset(slots), frozenset(slots) if strength is Strength.KEEP_ALL else frozenset()
    board = Board(table, fixed=fixed, told=told)
    for link in slots if fixed else [link for link, _ in flow.chosen if link in slots]:
        if board.open(link) >> slots[link] & 1:
            board.place(link, slots[link])
    realise(board, (one for one in flow.chosen if board.slot_of[one[0]] < 0))
    fill(board)
    board = compact(board)
    fill(board)
    return answer(board, bound=bound)


def possible(instance: Instance, kept: Iterable[Interview]) -> tuple[Interview, ...]:
    """Those of `kept` that the instance still allows beside what it locks, in their order; gaps are not looked at."""
    stands = {stand.id: mask_of(stand.free) for stand in instance.stands}
    candidates = {candidate.id: mask_of(candidate.free) for candidate in instance.candidates}
    barred = {(pair.candidate, pair.stand) for pair in instance.forbidden}
    barred |= {(one.candidate, one.stand) for one in instance.locked}
    counts = Counter(one.candidate for one in instance.locked)
    for one in instance.locked:
        stands[one.stand] &= ~(1 << one.slot)
        candidates[one.candidate] &= ~(1 << one.slot)
    found: list[Interview] = []
    for one in kept:
        both = stands.get(one.stand, 0) & candidates.get(one.candidate, 0)
        free = one.slot >= 0 and both >> one.slot & 1
        pair = (one.candidate, one.stand)
        if free and pair not in barred and counts[one.candidate] < instance.policy.cap:
            found.append(one)
            barred.add(pair)
            counts[one.candidate] += 1
            stands[one.stand] &= ~(1 << one.slot)
            candidates[one.candidate] &= ~(1 << one.slot)
    return tuple(found)


def _slots(table: Table, staying: Iterable[Interview]) -> dict[int, int]:
    """Of each link that was published, its slot then."""
    slots = {(one.candidate, one.stand): one.slot for one in staying}
    candidates = [candidate.id for candidate in table.instance.candidates]
    stands = [stand.id for stand in table.instance.stands]
    pairs = ((candidates[link.candidate], stands[link.stand]) for link in table.links)
    return {number: slots[pair] for number, pair in enumerate(pairs) if pair in slots}
