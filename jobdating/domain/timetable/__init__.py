"""The timetable: from ranked wishes to who meets whom when, near the best and proved so. Pure: no I/O, no clock.

    solution = solve(instance)                                  # a draft
    solution = mend(instance, published, Strength.MOVE_FEW)     # after people were told
    changes(published, solution.interviews)                     # who stays, moves, goes, comes
    cost_of(instance, solution, "c1", "r9")                     # what forcing a denied wish would cost the others

`Instance` says who is free when (slot numbers on one grid, half-open ranges), the wishes, what is `locked` (kept at its
slot), `pinned` (kept, at any time) and `forbidden`, and the `Policy`: points, cap and gap. `check(instance)` lists
what is wrong with it; all of these functions raise `Malformed` with that list.

What holds for every solution:
- a stand takes one candidate a slot and a candidate meets one stand at a time, both only when they are free, a pair
  at most once, a candidate at most `cap` times, with `min_gap` free slots between two interviews in a half-day;
- locked interviews are in it (they count towards cap and score; bookings already made may be closer to each other
  than the gap), pinned pairs too, forbidden ones are not;
- `score` is what `score(instance, interviews)` counts again, and no timetable whatsoever is worth more than `bound`;
- nothing can be added to it: each wish that is not met has a `Denial` that is true of the solution as it stands;
- it depends on the instance alone: the same input gives the same output, on every machine and in every process.

How: two phases. A min-cost flow (`network`) decides who meets whom in which half-day and gives the bound; it
relaxes only that a candidate cannot be at two stands at once. Then times are found on bit masks, the hardest pairs
first, with Kempe chains where two slots are in each other's way (`board`, `placement`); pairs without a time are
banned and the flow is solved again. Where times are so narrow that candidates' own clashes matter, the flow is refined
to slots and those clashes get prices (`prices`). At last swaps inside a stand bring a candidate's interviews together
on fewer half-days, with pauses (`compaction`).
"""

from jobdating.domain.timetable.checking import check
from jobdating.domain.timetable.cost import cost_of
from jobdating.domain.timetable.instance import (
    Candidate,
    Instance,
    Interview,
    Malformed,
    Mistake,
    Pair,
    Policy,
    Problem,
    Stand,
)
from jobdating.domain.timetable.mending import mend
from jobdating.domain.timetable.solution import Changes, Cost, Denial, Denied, Solution, Strength, changes, score
from jobdating.domain.timetable.solving import solve

__all__ = [
    "Candidate",
    "Changes",
    "Cost",
    "Denial",
    "Denied",
    "Instance",
    "Interview",
    "Malformed",
    "Mistake",
    "Pair",
    "Policy",
    "Problem",
    "Solution",
    "Stand",
    "Strength",
    "changes",
    "check",
    "cost_of",
    "mend",
    "score",
    "solve",
]
