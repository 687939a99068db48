"""Checks a timetable against its instance, both as the JSON of their files. Shares nothing with the solver, on purpose."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def violations(instance: Json, solution: Json) -> list[str]:
    """Every broken rule in words, and all that the solution says of itself and is not so; none when it holds."""
    return broken_rules(instance, solution["interviews"]) + list(_told(instance, solution))


def broken_rules(instance: Json, interviews: list[Json]) -> list[str]:
    """What is wrong with who meets whom when."""
    return list(_times(instance, interviews)) + list(_kept(instance, interviews))


def points(instance: Json, interviews: list[Json]) -> int:
    """The score by the rules of the format."""
    bonus, weights = instance["bonus"], instance["rank_weights"]
    wishes = {candidate["id"]: candidate["wishes"] for candidate in instance["candidates"]}
    favourites = {stand["id"]: stand.get("favourites", []) for stand in instance["stands"]}
    liking = instance.get("favourite_weights", [])
    total = 0
    by_candidate = defaultdict(list)
    for one in interviews:
        by_candidate[one["candidate"]].append(one["stand"])
    for candidate, stands in by_candidate.items():
        total += sum(bonus[: len(stands)])
        for stand in stands:
            if stand in wishes[candidate] and weights:
                rank = wishes[candidate].index(stand)
                total += weights[rank] if rank < len(weights) else weights[-1]
            if candidate in favourites[stand]:
                rank = favourites[stand].index(candidate)
                total += liking[rank] if rank < len(liking) else 0
    return total


def back_to_backs(instance: Json, interviews: list[Json]) -> int:
    """How many times somebody goes straight from one interview to the next within a half-day."""
    taken = {(one["candidate"], one["slot"]) for one in interviews}
    starts = {start for start, _ in instance["half_days"]}
    return sum((candidate, slot + 1) in taken and slot + 1 not in starts for candidate, slot in taken)


def half_days(instance: Json, interviews: list[Json]) -> dict[str, int]:
    """On how many half-days each candidate with an interview has to come."""
    return Counter(
        candidate for candidate, _ in {(one["candidate"], _half(instance, one["slot"])) for one in interviews}
    )


def _times(instance: Json, interviews: list[Json]) -> Iterator[str]:
    people = {("stand", one["id"]): _slots(one) for one in instance["stands"]}
    people |= {("candidate", one["id"]): _slots(one) for one in instance["candidates"]}
    taken: Counter[tuple[str, str, int]] = Counter()
    for one in interviews:
        for side in ("candidate", "stand"):
            if one["slot"] not in people.get((side, one[side]), ()):
                yield f"{side} {one[side]} is not free in slot {one['slot']}"
            taken[side, one[side], one["slot"]] += 1
    yield from (f"{who} has {times} interviews at once" for who, times in taken.items() if times > 1)
    pairs = Counter((one["candidate"], one["stand"]) for one in interviews)
    yield from (f"{pair} meet {times} times" for pair, times in pairs.items() if times > 1)
    counts = Counter(candidate for candidate, _ in pairs)
    yield from (f"{who} has {times} interviews" for who, times in counts.items() if times > instance["cap"])
    locked = {(one["candidate"], one["slot"]) for one in instance["locked"]}
    for first, second in _neighbours(interviews):
        apart = second["slot"] - first["slot"] - 1
        same = _half(instance, first["slot"]) == _half(instance, second["slot"])
        both = all((one["candidate"], one["slot"]) in locked for one in (first, second))
        if same and apart < instance["min_gap"] and not both:
            yield f"{first['candidate']} has only {apart} slots between {first['slot']} and {second['slot']}"


def _kept(instance: Json, interviews: list[Json]) -> Iterator[str]:
    placed = [(one["candidate"], one["stand"], one["slot"]) for one in interviews]
    met = {pair[:2] for pair in placed}
    locked = {(one["candidate"], one["stand"], one["slot"]) for one in instance["locked"]}
    yield from (f"the locked {one} is gone" for one in locked - set(placed))
    pinned = {(one["candidate"], one["stand"]) for one in instance.get("pinned", [])}
    yield from (f"the pinned {pair} do not meet" for pair in pinned - met)
    forbidden = {(one["candidate"], one["stand"]) for one in instance.get("forbidden", [])}
    yield from (f"the forbidden {pair} meet" for pair in forbidden & met)
    wished = {(candidate["id"], stand) for candidate in instance["candidates"] for stand in candidate["wishes"]}
    yield from (f"{pair} meet, and nobody asked" for pair in met - wished - pinned - {one[:2] for one in locked})


def _told(instance: Json, solution: Json) -> Iterator[str]:
    score = points(instance, solution["interviews"])
    if score != solution["score"]:
        yield f"the score is {score}, not {solution['score']}"
    if solution["bound"] < score:
        yield f"the bound {solution['bound']} is below the score"
    met = {(one["candidate"], one["stand"]) for one in solution["interviews"]}
    wished = [(candidate["id"], stand) for candidate in instance["candidates"] for stand in candidate["wishes"]]
    denied = [(one["candidate"], one["stand"]) for one in solution["denied"]]
    if denied != [pair for pair in wished if pair not in met]:
        yield "the denied wishes are not those that were not met, in their order"
    reasons = _Reasons(instance, solution)
    for one in solution["denied"]:
        code = reasons.why(one["candidate"], one["stand"])
        if code != one["code"]:
            yield f"{one['candidate']} is denied {one['stand']} as {one['code']}, but it is {code}"


class _Reasons:
    """Why a pair does not meet, from the timetable alone."""

    def __init__(self, instance: Json, solution: Json) -> None:
        self.instance = instance
        self.free = {("stand", one["id"]): _slots(one) for one in instance["stands"]}
        self.free |= {("candidate", one["id"]): _slots(one) for one in instance["candidates"]}
        self.forbidden = {(one["candidate"], one["stand"]) for one in instance.get("forbidden", [])}
        self.at_stand, self.of_candidate = defaultdict(set), defaultdict(set)
        for one in solution["interviews"]:
            self.at_stand[one["stand"]].add(one["slot"])
            self.of_candidate[one["candidate"]].add(one["slot"])

    def why(self, candidate: str, stand: str) -> str:
        """The first code that holds; "nothing" when the two could simply meet."""
        common = self.free["candidate", candidate] & self.free["stand", stand]
        left = common - self.at_stand[stand]
        if (candidate, stand) in self.forbidden:
            return "ineligible"
        if not common:
            return "no_common_time"
        if len(self.of_candidate[candidate]) >= self.instance["cap"]:
            return "cap"
        if not left:
            return "stand_full"
        return "nothing" if any(self._fits(candidate, slot) for slot in left) else "clash"

    def _fits(self, candidate: str, slot: int) -> bool:
        near = range(slot - self.instance["min_gap"], slot + self.instance["min_gap"] + 1)
        half = _half(self.instance, slot)
        return not any(other in near and _half(self.instance, other) == half for other in self.of_candidate[candidate])


def _neighbours(interviews: list[Json]) -> Iterator[tuple[Json, Json]]:
    by_candidate = defaultdict(list)
    for one in interviews:
        by_candidate[one["candidate"]].append(one)
    for own in by_candidate.values():
        own.sort(key=lambda one: one["slot"])
        yield from zip(own, own[1:], strict=False)


def _slots(person: Json) -> set[int]:
    return {slot for start, end in person["free"] for slot in range(start, end)}


def _half(instance: Json, slot: int) -> int:
    return next(number for number, (start, end) in enumerate(instance["half_days"]) if start <= slot < end)
