"""Solves an instance: who meets whom, then when. Pure and deterministic."""

from jobdating.domain.timetable.board import NOWHERE, Board
from jobdating.domain.timetable.checking import ensure_sound
from jobdating.domain.timetable.compaction import compact
from jobdating.domain.timetable.denials import denials
from jobdating.domain.timetable.instance import Instance, Interview, Malformed, Mistake, Problem
from jobdating.domain.timetable.network import SCALE, Network
from jobdating.domain.timetable.placement import fill, rating, realise, worth
from jobdating.domain.timetable.prices import NEAR, refine
from jobdating.domain.timetable.solution import Solution, score
from jobdating.domain.timetable.table import Table, lay_out

WORK = 300_000  # arcs to be looked at when the flow is asked again, without the pairs for which there was no time
ROUNDS = (2, 12)  # at least and at most so often
CLASHING = 200  # one pair of so many without a time, and the half-days of the flow are too coarse


def solve(instance: Instance) -> Solution:
    """A timetable near the best. Raises `Malformed`."""
    ensure_sound(instance)
    table = lay_out(instance)
    board, bound = _best_board(table)
    board = compact(board)
    fill(board)
    return answer(board, bound=bound)


def _best_board(table: Table) -> tuple[Board, int]:
    """The best board found, and the bound, both without what is locked."""
    network = Network(table)
    flow = network.best()
    bound = table.whole(flow.value // SCALE)
    best, failed = _attempt(table, flow.chosen)
    if len(failed) * CLASHING <= len(flow.chosen):
        banned: list[int] = []
        for _ in range(min(max(ROUNDS[0], WORK // network.size), ROUNDS[1])):
            banned += [link for link in failed if not table.links[link].pinned]
            if worth(best) >= bound or not failed:
                break
            board, failed = _attempt(table, network.best(banned=banned).chosen)
            best = max(best, board, key=rating)
    if (bound - worth(best)) * NEAR > bound:
        best, bound = refine(table, best=best, bound=bound)
    return best, bound


def _attempt(table: Table, chosen: tuple[tuple[int, int], ...]) -> tuple[Board, list[int]]:
    board = Board(table)
    failed = realise(board, chosen)
    fill(board)
    return board, failed


def answer(board: Board, *, bound: int) -> Solution:
    """The board as a solution; `bound` is without what is locked. Raises `Malformed` when a pinned pair has no time."""
    instance, table = board.table.instance, board.table
    candidates, stands = [one.id for one in instance.candidates], [one.id for one in instance.stands]
    rank = {id: number for number, id in enumerate(candidates)}
    placed = [
        Interview(candidates[link.candidate], stands[link.stand], slot)
        for link, slot in zip(table.links, board.slot_of, strict=True)
        if slot != NOWHERE
    ]
    interviews = tuple(sorted((*placed, *instance.locked), key=lambda one: (rank[one.candidate], one.slot)))
    _ensure_pinned(instance, interviews)
    total = score(instance, interviews)
    return Solution(interviews, total, total - worth(board) + bound, denials(board))


def _ensure_pinned(instance: Instance, interviews: tuple[Interview, ...]) -> None:
    met = {one.pair for one in interviews}
    lost = [pair for pair in instance.pinned if pair not in met]
    if lost:
        problem = Problem.PINNED_WITHOUT_TIME
        raise Malformed(tuple(Mistake(problem, {"candidate": one.candidate, "stand": one.stand}) for one in lost))
