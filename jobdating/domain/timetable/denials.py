"""Says why each wish that is not met is not. Pure; true of the solution as it stands, whatever led to it."""

from jobdating.domain.timetable.board import Board
from jobdating.domain.timetable.instance import Instance
from jobdating.domain.timetable.solution import Denial, Denied
from jobdating.domain.timetable.table import mask_of


def denials(board: Board) -> tuple[Denied, ...]:
    """By candidate in the order of the instance, and rank. Nothing can be added to the board."""
    instance = board.table.instance
    stands = {stand.id: number for number, stand in enumerate(instance.stands)}
    free = [mask_of(stand.free) for stand in instance.stands]
    met = _met(board)
    forbidden = {(pair.candidate, pair.stand) for pair in instance.forbidden}
    found: list[Denied] = []
    for number, candidate in enumerate(instance.candidates):
        own, capped = mask_of(candidate.free), board.count(number) >= instance.policy.cap
        for id in candidate.wishes:
            if (candidate.id, id) in met:
                continue
            stand = stands[id]
            if (candidate.id, id) in forbidden:
                code = Denial.INELIGIBLE
            elif not own & free[stand]:
                code = Denial.NO_COMMON_TIME
            elif capped:
                code = Denial.CAP
            elif not own & board.stand_open[stand]:
                code = Denial.STAND_FULL
            else:
                code = Denial.CLASH
            found.append(Denied(candidate.id, id, code))
    return tuple(found)


def _met(board: Board) -> set[tuple[str, str]]:
    instance: Instance = board.table.instance
    met = {(one.candidate, one.stand) for one in instance.locked}
    for link, slot in enumerate(board.slot_of):
        if slot >= 0:
            pair = board.table.links[link]
            met.add((instance.candidates[pair.candidate].id, instance.stands[pair.stand].id))
    return met
