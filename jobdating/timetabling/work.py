"""What is asked of the solver, as plain values that travel to its process, and the doing of it. Pure."""

from dataclasses import dataclass

from jobdating.domain.first_come import first_come
from jobdating.domain.timetable import (
    Cost,
    Instance,
    Interview,
    Solution,
    Strength,
    cost_of,
    mend,
    score,
    solve,
)


@dataclass(frozen=True)
class Solve:
    """A timetable from scratch."""

    instance: Instance


@dataclass(frozen=True)
class Mend:
    """A timetable that changes as little of `published` as `strength` asks."""

    instance: Instance
    published: tuple[Interview, ...]
    strength: Strength


@dataclass(frozen=True)
class Force:
    """What it would cost the others to let these two meet."""

    instance: Instance
    solution: Solution
    candidate: str
    stand: str


@dataclass(frozen=True)
class FirstCome:
    """What open booking would have given, and what it is worth under the instance's policy."""

    instance: Instance
    order: tuple[str, ...]


Job = Solve | Mend | Force | FirstCome
Result = Solution | Cost


def do(job: Job) -> Result:
    """The result of a job. Raises Malformed."""
    match job:
        case Solve(instance):
            return solve(instance)
        case Mend(instance, published, strength):
            return mend(instance, published, strength)
        case Force(instance, solution, candidate, stand):
            return cost_of(instance, solution, candidate, stand)
        case FirstCome(instance, order):
            interviews = first_come(instance, order)
            return Solution(interviews, score(instance, interviews), 0, ())
