"""Solves an instance: who meets whom, then when. Pure and deterministic."""

from jobdating.domain.timetable.board import Board
from jobdating.domain.timetable.checking import ensure_sound
from jobdating.domain.timetable.denials import denials
from jobdating.domain.timetable.instance import Instance, Interview
from jobdating.domain.timetable.solution import Solution, score
from jobdating.domain.timetable.table import Table, bits, lay_out


def solve(instance: Instance) -> Solution:
    """A timetable near the best. Raises `Malformed`."""
    ensure_sound(instance)
    table = lay_out(instance)
    board = Board(table)
    _fill(board, table)
    return told(board, bound=0)


def _fill(board: Board, table: Table) -> None:
    order = sorted(
        range(len(table.links)), key=lambda link: (-table.links[link].pinned, -table.links[link].weight, link)
    )
    for count in range(table.instance.policy.cap):
        for link in order:
            candidate = table.links[link].candidate
            if board.slot_of[link] < 0 and board.count(candidate) == count:
                for slot in bits(board.open(link)):
                    board.place(link, slot)
                    break


def told(board: Board, *, bound: int) -> Solution:
    """The board as a solution."""
    instance, table = board.table.instance, board.table
    rank = {candidate.id: number for number, candidate in enumerate(instance.candidates)}
    placed = [
        Interview(instance.candidates[pair.candidate].id, instance.stands[pair.stand].id, slot)
        for pair, slot in zip(table.links, board.slot_of, strict=True)
        if slot >= 0
    ]
    interviews = tuple(sorted((*placed, *instance.locked), key=lambda one: (rank[one.candidate], one.slot)))
    worth = score(instance, interviews)
    return Solution(interviews, worth, max(bound, worth), denials(board))
