"""Live estimates: who will be called when, learnt from the day itself. Pure: no I/O, no clock."""

from jobdating.domain.estimate.explanation import Explanation, explain
from jobdating.domain.estimate.forecast import estimate_fair, estimate_stand
from jobdating.domain.estimate.learning import learn, refit, summed
from jobdating.domain.estimate.model import Current, Estimate, Finished, Pace, Prior, Shown, StandState, Waiting

__all__ = [
    "Current",
    "Estimate",
    "Explanation",
    "Finished",
    "Pace",
    "Prior",
    "Shown",
    "StandState",
    "Waiting",
    "estimate_fair",
    "estimate_stand",
    "explain",
    "learn",
    "refit",
    "summed",
]
