"""Finds times for the pairs that were chosen, and fills what is left. Pure and deterministic."""

from collections.abc import Iterable, Sequence

from jobdating.domain.timetable.board import NOWHERE, Board

DEPTH = 2  # how far people displace one another for a pair


def realise(board: Board, chosen: Iterable[tuple[int, int]]) -> list[int]:
    """Place the chosen links, near the slots that the flow gave them if possible; those for which there is no time.

    First those that must meet, then the hardest: with the fewest open slots.
    """
    links = board.table.links
    order = sorted(chosen, key=lambda one: (board.open(one[0]).bit_count(), one[0]))
    for link, _ in order:
        if links[link].pinned:
            board.displace(link, depth=DEPTH + 1)
    waiting = [link for link, hint in order if not links[link].pinned and not board.add(link, hint=hint)]
    waiting = [link for link in waiting if not board.displace(link, depth=DEPTH)]
    return waiting + [link for link, _ in order if links[link].pinned and board.slot_of[link] == NOWHERE]


def fill(board: Board) -> None:
    """Add what can still be added, what is worth most first."""
    table = board.table
    left = sorted(_left(board), key=lambda link: (-table.links[link].weight, link))
    for count in range(table.instance.policy.cap):
        later = []
        for link in left:
            pair = table.links[link]
            if board.slot_of[link] != NOWHERE or not board.stand_open[pair.stand] & pair.common:
                continue
            if board.count(pair.candidate) != count or not board.add(link):
                later.append(link)
        left = later


def _left(board: Board) -> list[int]:
    return [link for link, slot in enumerate(board.slot_of) if slot == NOWHERE]


def worth(board: Board) -> int:
    """The points of what is on the board, without what is locked."""
    table = board.table
    total = sum(link.weight for link, slot in zip(table.links, board.slot_of, strict=True) if slot != NOWHERE)
    for candidate, there in enumerate(board.at_candidate):
        has = len(table.locked[candidate])
        total += sum(table.bonus(count) for count in range(has, has + len(there)))
    return total


def rating(board: Board) -> tuple[int, int]:
    """For the better of two boards: how many that must meet do, then points."""
    links = zip(board.table.links, board.slot_of, strict=True)
    return sum(link.pinned for link, slot in links if slot != NOWHERE), worth(board)


def seat(board: Board, slots: Sequence[int]) -> Board:
    """A board like that one, with each link in its slot of `slots`."""
    board = Board(board.table, fixed=board.fixed, told=board.told)
    for link, slot in enumerate(slots):
        if slot != NOWHERE:
            board.place(link, slot)
    return board
