"""Learns how long interviews last at a stand and at a fair, from what is over. Pure.

Interviews that are over are the short ones first: a fit from all of them would be biased towards short. Only those
that started long enough ago that nearly every interview begun then is over (2.5 planned lengths) count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp, log, sqrt
from statistics import fmean, median

from jobdating.domain.estimate.model import Pace, Prior, StandState

SETTLED = 2.5  # planned lengths after its start an interview counts
WILD = 1.5  # log-durations further than this from the prior are cut: a forgotten "finish", a misclick
BELIEF_SD = 20.0  # degrees of freedom behind the prior's log_sd
BELIEF_STANDS = 12.0  # stands behind the prior's stand_sd
BELIEF_SHOWS = 40.0  # people behind the prior's no_show, answer, turnover and early
MINUTE = timedelta(minutes=1)


def learn(stand: StandState, *, prior: Prior, now: datetime) -> Pace:
    """The stand's pace: its own mean log-duration, shrunk towards `prior` (normal with known spreads)."""
    seen = log_ratios(stand, prior=prior, now=now)
    belief, evidence = 1 / prior.stand_sd**2, 1 / prior.log_sd**2
    variance = 1 / (belief + len(seen) * evidence)
    return Pace(
        log_mean=variance * (prior.log_mean * belief + sum(seen) * evidence),
        log_sd=prior.log_sd,
        spread=sqrt(variance),
        count=len(seen),
    )


def log_ratios(stand: StandState, *, prior: Prior, now: datetime) -> list[float]:
    """ln(duration / planned) of the interviews that count at `now`, cut to what is plausible."""
    settled = now - SETTLED * stand.planned
    planned = stand.planned.total_seconds()
    shortest, longest = planned * exp(prior.log_mean - WILD), planned * exp(prior.log_mean + WILD)
    lengths = [(one.ended_at - one.started_at).total_seconds() for one in stand.finished if one.started_at <= settled]
    return [log(min(max(length, shortest), longest) / planned) for length in lengths]


def refit(prior: Prior, stands: Iterable[StandState], *, now: datetime) -> Prior:
    """The fair's own prior: `prior` moved as far as what the fair has shown by `now` bears it.

    Meant for half a day of a fair, and safe from the first minute: without evidence it returns `prior` as it is.
    Method of moments for a one-way random effect (DerSimonian and Laird 1986), each moment shrunk to the prior's.
    """
    known = tuple(stands)
    groups = [_Group.of(ratios) for stand in known if (ratios := log_ratios(stand, prior=prior, now=now))]
    if groups:
        within = _within(groups, prior)
        between = _between(groups, within, prior)
        weights = [1 / (between + within / group.count) for group in groups]
        belief = 1 / prior.fair_sd**2
        total = belief + sum(weights)
        log_mean = (prior.log_mean * belief + sum(w * g.mean for w, g in zip(weights, groups, strict=True))) / total
        prior = replace(prior, log_mean=log_mean, log_sd=sqrt(within), stand_sd=sqrt(between), fair_sd=sqrt(1 / total))
    return _refit_people(prior, known)


@dataclass(frozen=True, slots=True)
class _Group:
    """One stand's log-durations: how many, their mean, their sum of squares about it."""

    count: int
    mean: float
    squares: float

    @classmethod
    def of(cls, ratios: Sequence[float]) -> "_Group":
        mean = fmean(ratios)
        return cls(len(ratios), mean, sum((ratio - mean) ** 2 for ratio in ratios))


def _within(groups: Sequence[_Group], prior: Prior) -> float:
    freedom = sum(group.count - 1 for group in groups)
    squares = sum(group.squares for group in groups)
    return (BELIEF_SD * prior.log_sd**2 + squares) / (BELIEF_SD + freedom)


def _between(groups: Sequence[_Group], within: float, prior: Prior) -> float:
    weights = [group.count / within for group in groups]
    total = sum(weights)
    centre = sum(w * g.mean for w, g in zip(weights, groups, strict=True)) / total
    scatter = sum(w * (g.mean - centre) ** 2 for w, g in zip(weights, groups, strict=True))
    slack = total - sum(w * w for w in weights) / total
    stands = len(groups) - 1
    found = max(0.0, (scatter - stands) / slack) if slack > 0 else 0.0
    # One interview a stand tells little of the spread between stands; four tell about as much as they ever will.
    told = stands * min(1.0, sum(group.count for group in groups) / len(groups) / 4)
    return (BELIEF_STANDS * prior.stand_sd**2 + told * found) / (BELIEF_STANDS + told)


def _refit_people(prior: Prior, stands: Sequence[StandState]) -> Prior:
    over = [finished for stand in stands for finished in stand.finished]
    absent = sum(len(stand.no_shows) for stand in stands)
    answers = [(f.started_at - f.called_at) / MINUTE for f in over if f.called_at]
    turnovers = [gap for stand in stands for gap in _turnovers(stand)]
    early = [(f.booked_at - f.arrived_at) / MINUTE for f in over if f.booked_at and f.arrived_at]
    return replace(
        prior,
        no_show=(BELIEF_SHOWS * prior.no_show + absent) / (BELIEF_SHOWS + absent + len(over)),
        answer=_drawn(prior.answer, answers),
        turnover=_drawn(prior.turnover, turnovers),
        early=_drawn(prior.early, early, most=60.0),
        early_sd=_drawn(prior.early_sd, _deviations(early), most=20.0),
    )


def _turnovers(stand: StandState) -> Iterable[float]:
    """Minutes from an end to the next call, where the next person was due already and nobody was missed between."""
    ordered = sorted(stand.finished, key=lambda over: over.started_at)
    for before, after in zip(ordered, ordered[1:], strict=False):
        due = after.booked_at is None or after.booked_at <= before.ended_at
        if after.called_at and due and not any(before.ended_at < at <= after.called_at for at in stand.no_shows):
            yield (after.called_at - before.ended_at) / MINUTE


def _deviations(seen: Sequence[float]) -> list[float]:
    """Absolute deviations scaled so that their median is the standard deviation of a normal sample."""
    centre = median(seen) if seen else 0.0
    return [abs(one - centre) * 1.4826 for one in seen]


def _drawn(believed: float, seen: Sequence[float], *, most: float = 5.0) -> float:
    """The mean of `seen` drawn towards what was believed, each cut at `most`: one forgotten click is an hour."""
    return (BELIEF_SHOWS * believed + sum(min(one, most) for one in seen)) / (BELIEF_SHOWS + len(seen))
