"""How often somebody is wanted in two rooms at once, what that costs with and without the arbiter, and how well it is foreseen.

Simulated half-days of 40 stands, as in `estimate`, whose candidates have two or three interviews one after the other, as
close as the rule allows: with no free slot between (`gap_0`), with one (`gap_1`), and with one on a slow fair (`slow_gap_1`:
15 % slower, more spread, 23 % no-shows). A clash is a stand that turns to a person at their time while they are with
another recruiter; counted once a booking. `arbiter` serves meanwhile whom `arbiter.choose` names (those who are asked
to come early agree in seven cases of ten) and the first keeps the place; `alone`, the stand waits for them.

Foreseen: every minute, the estimates as they would be published, and `arbiter.clashes` on the middle of each range and
the planned length. A warning counts when it came at least five minutes before the clash (recall), and is right when its pair
of interviews did clash (precision): nobody acts on it here. Ten fairs together are one value, for clashes are rare.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import fmean

from jobdating.domain.arbiter import AHEAD, Expected, clashes
from jobdating.domain.estimate import Prior, estimate_fair, refit
from jobdating.simulation.day import BASE, SHIFTED, Conditions, moment
from scripts.benchmarks.clashes_day import LENGTH, STANDS, Fair, drawn
from scripts.benchmarks.report import report

FAIRS = 40
TOGETHER = 10  # fairs that make one value of recall and precision
MINUTE = timedelta(minutes=1)
REGIMES: dict[str, tuple[int, Conditions]] = {"gap_0": (0, BASE), "gap_1": (1, BASE), "slow_gap_1": (1, SHIFTED)}


@dataclass(frozen=True)
class Seen:
    """Of one fair: its clashes, those foreseen in time, the warnings, and those that were right."""

    clashes: int
    in_time: int
    warnings: int
    right: int


def watched(seed: int, gap: int, conditions: Conditions) -> tuple[Fair, Seen]:
    """Play a fair with the arbiter, and look ahead every minute."""
    fair = Fair(drawn(seed, gap=gap, conditions=conditions))
    warned: dict[frozenset[int], float] = {}

    def look(now: float) -> None:
        for clash in clashes(expected(fair, now)):
            if clash.is_early(moment(now)):
                warned.setdefault(frozenset((clash.first.booking_id, clash.second.booking_id)), now)

    fair.play(arbiter=True, every=1.0, look=look)
    happened = {frozenset((one.visit, one.other)): one.at for one in fair.blocked}
    ahead = AHEAD / MINUTE
    return fair, Seen(
        clashes=len(happened),
        in_time=sum(pair in warned and warned[pair] <= at - ahead for pair, at in happened.items()),
        warnings=len(warned),
        right=sum(pair in happened for pair in warned),
    )


def expected(fair: Fair, now: float) -> Iterator[Expected]:
    """Interviews that go on or are foreseen, as the product stores and reads them."""
    at = moment(now)
    for visit in fair.running(now):
        assert visit.called is not None
        called = moment(visit.called)
        yield Expected(visit.candidate, visit.number, visit.stand, called, max(called + LENGTH, at))
    states = [fair.state(stand, now) for stand in range(1, STANDS + 1)]
    candidates = {visit.number: visit.candidate for visit in fair.visits}
    found = estimate_fair(states, prior=refit(Prior(), states, now=at), now=at)
    for state, estimates in zip(states, found, strict=True):
        for waiting, estimate in zip(state.queue, estimates, strict=True):
            call = estimate.low + (estimate.high - estimate.low) / 2
            number = waiting.booking_id
            yield Expected(candidates[number], number, state.stand_id, call, call + LENGTH)


def cost(fair: Fair) -> tuple[float, float, float]:
    """Clashes in a hundred booked, minutes that stands waited for people in other rooms, mean lateness of a call."""
    late = fmean(max(0.0, visit.called - visit.booked) for visit in fair.visits if visit.called is not None)
    return 100 * len(fair.blocked) / len(fair.visits), fair.lost, late


def told(name: str, gap: int, conditions: Conditions, fairs: int) -> dict[str, tuple[list[float], str]]:
    """The figures of one regime."""
    figures: dict[str, tuple[list[float], str]] = {}
    with_arbiter = [watched(seed, gap, conditions) for seed in range(fairs)]
    alone = []
    for seed in range(fairs):
        fair = Fair(drawn(seed, gap=gap, conditions=conditions))
        fair.play(arbiter=False)
        alone.append(fair)
    for rule, played in (("arbiter", [fair for fair, _ in with_arbiter]), ("alone", alone)):
        rates, lost, late = (list(each) for each in zip(*map(cost, played), strict=True))
        figures[f"{name}_{rule}_clashes"] = (rates, "in 100 booked")
        figures[f"{name}_{rule}_minutes_lost"] = (lost, f"min, {STANDS} stands")
        figures[f"{name}_{rule}_late"] = (late, "min a call")
    recall, precision = foreseen([seen for _, seen in with_arbiter])
    figures[f"{name}_foreseen"] = (recall, "% of clashes")
    figures[f"{name}_warnings_right"] = (precision, "% of warnings")
    return figures


def foreseen(seen: Sequence[Seen]) -> tuple[list[float], list[float]]:
    """Recall and precision in per cent, a value for each TOGETHER fairs."""
    recall, precision = [], []
    for start in range(0, len(seen), TOGETHER):
        some = seen[start : start + TOGETHER]
        recall.append(100 * sum(one.in_time for one in some) / max(1, sum(one.clashes for one in some)))
        precision.append(100 * sum(one.right for one in some) / max(1, sum(one.warnings for one in some)))
    return recall, precision


def main() -> None:
    """Play, then tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--fairs", type=int, default=FAIRS)
    asked = parser.parse_args()
    figures: dict[str, tuple[list[float], str]] = {}
    for name, (gap, conditions) in REGIMES.items():
        figures |= told(name, gap, conditions, asked.fairs)
    ratios = {
        f"{name}_minutes_lost_of_alone": [
            ours / theirs if theirs else 1.0
            for ours, theirs in zip(
                figures[f"{name}_arbiter_minutes_lost"][0], figures[f"{name}_alone_minutes_lost"][0], strict=True
            )
        ]
        for name in REGIMES
    }
    report("clashes", figures, ratios, file=asked.json)


if __name__ == "__main__":
    main()
