"""The best timetable of a small instance, by a constraint solver, from the JSON of its file. Shares nothing with ours."""

from collections import defaultdict
from typing import Any

from ortools.sat.python import cp_model


def best_score(instance: dict[str, Any]) -> int | None:
    """The score of the best timetable there is; None when what must be kept cannot be."""
    model = cp_model.CpModel()
    meets = _meetings(model, instance)
    by_pair, by_stand, by_candidate = defaultdict(list), defaultdict(list), defaultdict(list)
    for (candidate, stand, slot), variable in meets.items():
        by_pair[candidate, stand].append(variable)
        by_stand[stand, slot].append(variable)
        by_candidate[candidate].append((slot, variable))
    for variables in (*by_pair.values(), *by_stand.values()):
        model.add_at_most_one(variables)
    locked = {(one["candidate"], one["slot"]) for one in instance["locked"]}
    for candidate, own in by_candidate.items():
        for slot, variable in own:
            for other, another in own:
                if variable is another or other < slot or not _too_close(instance, slot, other):
                    continue
                if other != slot and (candidate, slot) in locked and (candidate, other) in locked:
                    continue
                model.add_at_most_one([variable, another])
    for one in instance["locked"]:
        model.add(meets[one["candidate"], one["stand"], one["slot"]] == 1)
    for one in instance["pinned"]:
        model.add(sum(by_pair[one["candidate"], one["stand"]]) == 1)
    worth: list[Any] = []
    for candidate in instance["candidates"]:
        all_own = [variable for _, variable in by_candidate[candidate["id"]]]
        served = [model.new_bool_var("") for _ in range(instance["cap"])]
        model.add(sum(all_own) == sum(served))
        worth += [points * taken for points, taken in zip(instance["bonus"], served, strict=False)]
        for rank, stand in enumerate(candidate["wishes"]):
            points = instance["rank_weights"][min(rank, len(instance["rank_weights"]) - 1)]
            worth += [points * variable for variable in by_pair[candidate["id"], stand]]
    model.maximize(sum(worth))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return None
    assert status == cp_model.OPTIMAL, solver.status_name(status)
    return round(solver.objective_value)


def _meetings(model: cp_model.CpModel, instance: dict[str, Any]) -> dict[tuple[str, str, int], cp_model.IntVar]:
    stands = {one["id"]: _slots(one) for one in instance["stands"]}
    forbidden = {(one["candidate"], one["stand"]) for one in instance["forbidden"]}
    asked = {(one["candidate"], one["stand"]) for one in (*instance["locked"], *instance["pinned"])}
    found = {}
    for candidate in instance["candidates"]:
        for stand in stands:
            pair = (candidate["id"], stand)
            if pair in forbidden or (stand not in candidate["wishes"] and pair not in asked):
                continue
            for slot in sorted(_slots(candidate) & stands[stand]):
                found[candidate["id"], stand, slot] = model.new_bool_var("")
    return found


def _slots(person: dict[str, Any]) -> set[int]:
    return {slot for start, end in person["free"] for slot in range(start, end)}


def _too_close(instance: dict[str, Any], slot: int, other: int) -> bool:
    if slot == other:
        return True
    together = any(start <= slot < end and start <= other < end for start, end in instance["half_days"])
    return together and abs(slot - other) <= instance["min_gap"]
