"""Learns how long interviews last at a stand and at a fair, from what is over and what goes on. Pure.

Interviews that are over are the short ones first: a fit from them alone would be biased towards short. A stand's own
pace therefore also weighs how long the one that goes on has lasted; for the fair, where that would cost a search, only
those count that started so long ago that nearly every interview begun then is over (2.5 planned lengths).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import erfc, exp, log, pi, sqrt
from statistics import fmean, median

from jobdating.domain.estimate.model import Finished, Pace, Prior, Shown, StandState

SETTLED = 2.5  # planned lengths after its start an interview counts
WILD = 1.5  # log-durations further than this from the prior are cut: a forgotten "finish", a misclick
BELIEF_SD = 20.0  # degrees of freedom behind the prior's log_sd
BELIEF_STANDS = 12.0  # stands behind the prior's stand_sd
BELIEF_SHOWS = 40.0  # people behind the prior's no_show, answer, turnover and early
MINUTE = timedelta(minutes=1)
LONG_FREE = 5 * MINUTE  # before somebody's time: then a stand could have called them early


def learn(stand: StandState, *, prior: Prior, now: datetime) -> Pace:
    """The stand's pace: its own mean log-duration, shrunk towards `prior` (normal with known spreads).

    The interview that goes on counts as one that lasts longer than it has so far: the normal nearest to what is then
    believed (moments of a truncated normal; assumed-density filtering, Minka 2001).
    """
    seen = _together(stand.before, summed(stand.finished, planned=stand.planned, prior=prior))
    belief, evidence = 1 / prior.stand_sd**2, 1 / prior.log_sd**2
    variance = 1 / (belief + seen.count * evidence)
    log_mean = variance * (prior.log_mean * belief + seen.count * seen.mean * evidence)
    elapsed = _elapsed(stand, prior=prior, now=now)
    if elapsed is not None:
        spread = variance + prior.log_sd**2
        beyond = (elapsed - log_mean) / sqrt(spread)
        pull = _hazard(beyond)
        log_mean += variance / sqrt(spread) * pull
        variance -= variance**2 / spread * pull * (pull - beyond)
    return Pace(log_mean=log_mean, log_sd=prior.log_sd, spread=sqrt(variance), count=seen.count)


def summed(interviews: Iterable[Finished], *, planned: timedelta, prior: Prior) -> Shown:
    """What `interviews` of a stand have shown, each cut to what is plausible."""
    shortest, longest = exp(prior.log_mean - WILD), exp(prior.log_mean + WILD)
    ratios = [log(min(max((one.ended_at - one.started_at) / planned, shortest), longest)) for one in interviews]
    if not ratios:
        return Shown()
    mean = fmean(ratios)
    return Shown(len(ratios), mean, sum((ratio - mean) ** 2 for ratio in ratios))


def settled(stand: StandState, *, now: datetime) -> list[Finished]:
    """The interviews that are over and began so long ago that those which began with them are over too."""
    since = now - SETTLED * stand.planned
    return [one for one in stand.finished if one.started_at <= since]


def _elapsed(stand: StandState, *, prior: Prior, now: datetime) -> float | None:
    """ln(elapsed / planned) of the interview that goes on, cut like those that are over; None when there is none."""
    current = stand.current
    if current is None or current.started_at is None or current.started_at >= now:
        return None
    return min(log((now - current.started_at) / stand.planned), prior.log_mean + WILD)


def _hazard(deviate: float) -> float:
    """Density over survival of the standard normal law; far out it is all but the deviate itself."""
    if deviate > 8:
        return deviate + 1 / deviate
    return exp(-(deviate**2) / 2) / sqrt(2 * pi) / (0.5 * erfc(deviate / sqrt(2)))


def refit(prior: Prior, stands: Iterable[StandState], *, now: datetime) -> Prior:
    """The fair's own prior: `prior` moved as far as what the fair has shown by `now` bears it.

    Meant for half a day of a fair, and safe from the first minute: without evidence it returns `prior` as it is.
    Method of moments for a one-way random effect (DerSimonian and Laird 1986), each moment shrunk to the prior's.
    """
    known = tuple(stands)
    seen = [
        _together(stand.before, summed(settled(stand, now=now), planned=stand.planned, prior=prior)) for stand in known
    ]
    groups = [group for group in seen if group.count]
    if groups:
        within = _within(groups, prior)
        between = _between(groups, within, prior)
        weights = [1 / (between + within / group.count) for group in groups]
        belief = 1 / prior.fair_sd**2
        total = belief + sum(weights)
        log_mean = (prior.log_mean * belief + sum(w * g.mean for w, g in zip(weights, groups, strict=True))) / total
        prior = replace(prior, log_mean=log_mean, log_sd=sqrt(within), stand_sd=sqrt(between), fair_sd=sqrt(1 / total))
    return _refit_people(prior, known)


def _together(one: Shown, other: Shown) -> Shown:
    """Both, as if seen at once (Chan, Golub and LeVeque 1979)."""
    if not one.count or not other.count:
        return one if one.count else other
    count = one.count + other.count
    apart = other.mean - one.mean
    return Shown(
        count,
        one.mean + apart * other.count / count,
        one.squares + other.squares + apart**2 * one.count * other.count / count,
    )


def _within(groups: Sequence[Shown], prior: Prior) -> float:
    freedom = sum(group.count - 1 for group in groups)
    squares = sum(group.squares for group in groups)
    return (BELIEF_SD * prior.log_sd**2 + squares) / (BELIEF_SD + freedom)


def _between(groups: Sequence[Shown], within: float, prior: Prior) -> float:
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
    absent = sum(len(stand.no_shows) + stand.before.missed for stand in stands)
    came = len(over) + sum(stand.before.count for stand in stands)
    answers = [(f.started_at - f.called_at) / MINUTE for f in over if f.called_at]
    turnovers = [gap for stand in stands for gap in _turnovers(stand)]
    leads = [lead for stand in stands for lead in _leads(stand)]
    early = [(f.booked_at - f.arrived_at) / MINUTE for f in over if f.booked_at and f.arrived_at]
    return replace(
        prior,
        no_show=(BELIEF_SHOWS * prior.no_show + absent) / (BELIEF_SHOWS + absent + came),
        answer=_drawn(prior.answer, answers),
        turnover=_drawn(prior.turnover, turnovers),
        lead=_drawn(prior.lead, leads, most=10.0),
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


def _leads(stand: StandState) -> Iterable[float]:
    """Minutes from a call to the booked time, 0 for a later call, where the stand had long been free."""
    ordered = sorted(stand.finished, key=lambda over: over.started_at)
    for before, after in zip(ordered, ordered[1:], strict=False):
        if after.booked_at and after.called_at and before.ended_at <= after.booked_at - LONG_FREE:
            yield max((after.booked_at - after.called_at) / MINUTE, 0.0)


def _deviations(seen: Sequence[float]) -> list[float]:
    """Absolute deviations scaled so that their median is the standard deviation of a normal sample."""
    centre = median(seen) if seen else 0.0
    return [abs(one - centre) * 1.4826 for one in seen]


def _drawn(believed: float, seen: Sequence[float], *, most: float = 5.0) -> float:
    """The mean of `seen` drawn towards what was believed, each cut at `most`: one forgotten click is an hour."""
    return (BELIEF_SHOWS * believed + sum(min(one, most) for one in seen)) / (BELIEF_SHOWS + len(seen))
