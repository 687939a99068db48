"""The same day drawn several times, as it is and with each thing that is tried, and what the draws say together.

A draw is a seed: who comes, how long each interview lasts. Within a draw every alternative meets the same people and the
same luck (common random numbers), so what differs is mostly what was tried; between draws lies the luck of a day.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import sqrt
from statistics import fmean, median, stdev
from typing import Any

from jobdating.simulation.outcome import FIGURES, StandOutcome
from jobdating.simulation.rehearsal import Plan, Played, Rows, Told, rehearse
from jobdating.simulation.variations import Variation

MOST_DRAWS = 9
ENOUGH = 1500.0  # seconds: no draw begins that would end later
WORST = 10  # stands that are told
# What nobody would feel, in the figure's unit: less is never called a difference.
LEAST = {
    "served": 1, "not_served": 1, "lost": 1, "done": 1, "stands_in_trouble": 1, "delay": 0.2, "delay_p90": 0.5,
    "late_share": 0.005, "wait": 0.2, "walk_in_wait": 0.5, "idle": 5, "idle_share": 0.01, "over": 1,
    "helped_delay": 0.5,
}  # fmt: skip
FEWEST = 3  # draws, before anything is said of a difference: two that agree may do so by luck
# Student's t for 95 %, two-sided, by the number of draws, from FEWEST on.
_T = (4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31)


@dataclass(frozen=True)
class Spread:
    """A figure over the draws: the middle one, the least and the most."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference:
    """What an alternative changes, draw by draw; `clear` when luck alone would do it once in twenty times at most."""

    spread: Spread
    clear: bool


def play(
    rows: Rows,
    fair_id: int,
    plan: Plan,
    variations: Sequence[Variation],
    *,
    tell: Told = lambda share: None,
    enough: float = ENOUGH,
) -> Iterator[list[dict[str, Any]]]:
    """Draw the day `plan.draws` times; after each, what all so far say, the day as it is first.

    Ends sooner when another draw would last beyond `enough` seconds; one is always played. Raises NothingToPlay.
    """
    began = time.monotonic()
    drawn: list[list[Played]] = []
    for number in range(plan.draws):
        if drawn and (time.monotonic() - began) * (number + 1) / number > enough:
            return

        def told(share: float, number: int = number) -> None:
            tell((number + share) / plan.draws)

        seeded = replace(plan, seed=plan.seed + number)
        drawn.append(rehearse(rows, fair_id, seeded, variations, measured=number == 0, tell=told))
        usual = [draw[0] for draw in drawn]
        yield [summed(list(alternative), usual) for alternative in zip(*drawn, strict=True)]


def summed(played: Sequence[Played], usual: Sequence[Played]) -> dict[str, Any]:
    """What one alternative came to, a value a draw; `usual` is the day as it is in the same draws."""
    pairs = list(zip(played, usual, strict=True))
    helped = [one.doubled for one in played if one.doubled]
    return {
        "variation": asdict(played[0].variation),
        "figures": {name: [getattr(each.outcome, name) for each in played] for name in FIGURES},
        "helped": sorted({stand.name for one, other in pairs for stand in _among(other, frozenset(one.doubled))}),
        "helped_delay": [_delay(one, {*one.doubled, *one.doubled.values()}) for one, _ in pairs] if helped else [],
        "unhelped_delay": [_delay(other, set(one.doubled)) for one, other in pairs] if helped else [],
        "curve": _curve(played),
        "worst": _worst(played),
        "load": played[0].load.plain(),
    }


def spread(values: Sequence[float]) -> Spread:
    return Spread(round(median(values), 3), min(values), max(values))


def compared(name: str, result: Mapping[str, Any], usual: Mapping[str, Any]) -> Difference:
    """What an alternative changes in one of its figures."""
    if name == "helped_delay":
        return difference(result["helped_delay"], result["unhelped_delay"], least=LEAST[name])
    return difference(result["figures"][name], usual["figures"][name], least=LEAST.get(name, 0.0))


def difference(values: Sequence[float], usual: Sequence[float], *, least: float = 0.0) -> Difference:
    """Of paired draws, by Student's t on what differs in each. Less than `least` is never clear: nobody would feel it."""
    differs = [one - other for one, other in zip(values, usual, strict=True)]
    told = spread(differs)
    if len(differs) < FEWEST or abs(told.median) < max(least, 1e-9):
        return Difference(told, clear=False)
    if told.low == told.high:  # without luck in it
        return Difference(told, clear=True)
    error = stdev(differs) / sqrt(len(differs))
    return Difference(told, clear=abs(fmean(differs)) > _T[min(len(differs) - FEWEST, len(_T) - 1)] * error)


def _among(played: Played, stand_ids: set[int] | frozenset[int]) -> list[StandOutcome]:
    return [stand for stand in played.outcome.each if stand.stand_id in stand_ids]


def _delay(played: Played, stand_ids: set[int]) -> float:
    """The mean delay of those who were called at these stands, in minutes."""
    some = _among(played, stand_ids)
    called = sum(stand.called for stand in some)
    return round(sum(stand.called * stand.delay for stand in some) / called, 2) if called else 0.0


def _curve(played: Sequence[Played]) -> list[dict[str, Any]]:
    """The middle of the draws at each moment that is in all of them."""
    at: dict[str, list[Any]] = defaultdict(list)
    for each in played:
        for point in each.outcome.curve:
            at[point.at].append(point)
    return [
        {"at": moment, **{name: median(getattr(point, name) for point in points) for name in ("waiting", "delay")}}
        for moment, points in sorted(at.items())
        if len(points) == len(played)
    ]


def _worst(played: Sequence[Played]) -> list[dict[str, Any]]:
    """The stands that need a hand longest, by their middle draw; `hurts` in how many of the draws they do."""
    days: dict[int, list[StandOutcome]] = defaultdict(list)
    for each in played:
        for stand in each.outcome.each:
            days[stand.stand_id].append(stand)
    found = [
        {
            "name": some[0].name,
            "hurts": sum(stand.hurts for stand in some),
            **{name: median(getattr(stand, name) for stand in some) for name in _OF_STAND},
        }
        for some in days.values()
    ]
    return sorted(found, key=lambda one: (-one["hurts"], -one["trouble"], -one["worst_delay"], one["name"]))[:WORST]


_OF_STAND = ("done", "delay", "worst_delay", "idle", "trouble", "over")
