"""What a timetable gives to whom: the figures that organisers compare. Pure; plain values, to be kept as JSON."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

from jobdating.domain.half_day import half_of
from jobdating.domain.slots import Span
from jobdating.domain.wishing import Denied
from jobdating.queries.snapshot import Person, Snapshot
from jobdating.timetabling.assembling import Given

MOST_COUNTED = 4  # "4 and more"
TENTHS = 10
GROUPS: dict[str, Callable[[Person], Iterable[str]]] = {
    "trade": lambda person: person.trades,
    "level": lambda person: (person.level,),
    "site": lambda person: (person.site,),
    "age": lambda person: (person.age_band,),
}

Figures = dict[str, Any]


def measure(
    fair: Snapshot, given: Sequence[Given], denied: Iterable[tuple[int, int, Denied]], *, score: int, bound: int
) -> Figures:
    """Counted among those who ranked wishes or have an interview. `score` and `bound` are of one policy."""
    slots = {place.slot_id: place for place in fair.places}
    own: dict[int, list[int]] = defaultdict(list)
    for candidate, slot in given:
        own[candidate].append(slot)
    people = [person for person in fair.people if person.wishes or own[person.candidate_id]]
    counts = {person.candidate_id: len(own[person.candidate_id]) for person in people}
    best = {person.candidate_id: _best(person, own, slots) for person in people}
    halves = [_half_days([slots[slot].span for slot in of], fair.timezone) for of in own.values() if of]
    codes = Counter(code.value for _, _, code in denied)
    return {
        "people": len(people),
        "silent": len(fair.people) - len(people),
        "interviews": len(given),
        "at_least": [sum(count >= least for count in counts.values()) for least in (1, 2, 3)],
        "by_count": [
            sum(min(count, MOST_COUNTED) == number for count in counts.values()) for number in range(MOST_COUNTED + 1)
        ],
        "by_rank": [sum(rank == number for rank in best.values()) for number in (1, 2, 3)]
        + [sum(rank is not None and rank > 3 for rank in best.values()), sum(rank is None for rank in best.values())],
        "spread": max(counts.values(), default=0) - min(counts.values(), default=0),
        "half_days": round(fmean(halves), 2) if halves else 0.0,
        "back_to_back": sum(_back_to_back([slots[slot].span for slot in of], fair) for of in own.values()),
        "gap": (bound - score) / bound if bound else 0.0,
        "denied": dict(codes),
        "by_tenth": _tenths(people, counts),
        "groups": {name: _group(people, of, counts, best) for name, of in GROUPS.items()},
        "stands": _stands(fair, given),
    }


def _best(person: Person, own: dict[int, list[int]], slots: dict[int, Any]) -> int | None:
    """The rank of the best wish that was met; None when none was."""
    met = {slots[slot].stand_id for slot in own[person.candidate_id]}
    return next((rank for rank, wish in enumerate(person.wishes, 1) if wish.stand_id in met), None)


def _half_days(spans: Iterable[Span], timezone: str) -> int:
    zone = ZoneInfo(timezone)
    return len({(span.start.astimezone(zone).date(), half_of(span.start, timezone)) for span in spans})


def _back_to_back(spans: Sequence[Span], fair: Snapshot) -> int:
    """Interviews that follow another with less than the fair's gap between."""
    ordered = sorted(spans)
    return sum(
        after.start - before.end < fair.gap for before, after in zip(ordered, ordered[1:], strict=False)
    )  # fmt: skip


def _tenths(people: Sequence[Person], counts: dict[int, int]) -> list[float]:
    """Interviews on average, from the tenth that registered first to the last; people come in that order."""
    if len(people) < TENTHS:
        return []
    edges = [len(people) * tenth // TENTHS for tenth in range(TENTHS + 1)]
    return [
        round(fmean(counts[person.candidate_id] for person in people[start:end]), 2)
        for start, end in zip(edges, edges[1:], strict=False)
    ]


def _group(
    people: Sequence[Person],
    of: Callable[[Person], Iterable[str]],
    counts: dict[int, int],
    best: dict[int, int | None],
) -> list[dict[str, Any]]:
    """For each group, the largest first: how many, the share with one of their three first wishes, the mean, and those
    without any."""
    members: dict[str, list[int]] = defaultdict(list)
    for person in people:
        for name in of(person):
            members[name].append(person.candidate_id)
    return [
        {
            "name": name,
            "people": len(ids),
            "served": round(100 * sum((best[id_] or 99) <= 3 for id_ in ids) / len(ids), 1),
            "mean": round(fmean(counts[id_] for id_ in ids), 2),
            "none": sum(counts[id_] == 0 for id_ in ids),
        }
        for name, ids in sorted(members.items(), key=lambda each: (-len(each[1]), each[0]))
    ]


def _stands(fair: Snapshot, given: Sequence[Given]) -> list[dict[str, int]]:
    """Places, requests of those whom the stand suits, and interviews of each stand."""
    places: Counter[int] = Counter()
    stand_of = {}
    for place in fair.places:
        stand_of[place.slot_id] = place.stand_id
        if place.slot_id not in fair.closed:
            places[place.stand_id] += place.capacity
    met = Counter(stand_of[slot] for _, slot in given)
    wanted = Counter(wish.stand_id for person in fair.people for wish in person.wishes if wish.eligible)
    return [
        {
            "stand_id": stand.stand_id,
            "places": places[stand.stand_id],
            "wanted": wanted[stand.stand_id],
            "met": met[stand.stand_id],
        }
        for stand in fair.stands
    ]
