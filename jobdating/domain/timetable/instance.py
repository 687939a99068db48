"""What a timetable is made from: who is free when, who wishes for whom, and the rules. Data, and what is wrong with it.

Times are slot numbers on one common grid, 0 to `slots` - 1; ranges are half-open. Whoever has other slot lengths maps
them to the grid before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from jobdating.domain.errors import DomainError

Range = tuple[int, int]
Ranges = tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """What the organiser holds for fair, in points, and what a candidate can bear.

    A candidate's 1st, 2nd, 3rd … interview adds `bonus` (0 after the last), and each adds the weight of the wish's
    rank (the last weight goes on) and of the candidate's rank among the stand's favourites (0 after the last). `cap` is
    the most interviews of a candidate; `min_gap` the free slots between two of them within a half-day.
    """

    cap: int = 4
    min_gap: int = 0
    bonus: tuple[int, ...] = (1000, 200, 50)
    rank_weights: tuple[int, ...] = (100, 80, 65, 55, 45, 40, 35, 30, 25, 20)
    favourite_weights: tuple[int, ...] = (30, 25, 20, 15, 10)


@dataclass(frozen=True, slots=True)
class Stand:
    """Takes one candidate a slot, in its `free` slots; `favourites` are candidates it would like to meet, best first."""

    id: str
    free: Ranges
    favourites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """Can come in the `free` slots; `wishes` are stands, best first."""

    id: str
    free: Ranges
    wishes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """A candidate and a stand, at whatever time."""

    candidate: str
    stand: str


@dataclass(frozen=True, slots=True, order=True)
class Interview:
    """A candidate meets a stand in a slot."""

    candidate: str
    stand: str
    slot: int

    @property
    def pair(self) -> Pair:
        return Pair(self.candidate, self.stand)


@dataclass(frozen=True, slots=True)
class Instance:
    """A fair to be solved. Ids are unique among stands, and among candidates.

    `locked` interviews stay as they are (bookings made, interviews pinned with their time); `pinned` pairs meet, at a
    time that the solver finds; `forbidden` pairs never meet (not eligible, refused by the stand, taken out by hand).
    """

    slots: int
    half_days: Ranges
    stands: tuple[Stand, ...]
    candidates: tuple[Candidate, ...]
    locked: tuple[Interview, ...] = ()
    pinned: tuple[Pair, ...] = ()
    forbidden: tuple[Pair, ...] = ()
    policy: Policy = field(default_factory=Policy)


class Problem(StrEnum):
    """Why an instance cannot be solved; `Mistake.params` says where."""

    BAD_NUMBER = "bad_number"  # name, value
    BONUS_RISES = "bonus_rises"  # a later interview must not be worth more than an earlier one
    HALF_DAYS = "half_days"  # they must follow one another and cover every slot
    BAD_RANGE = "bad_range"  # whose, start, end
    OVERLAPPING = "overlapping"  # whose, start, end: begins before the range before it ends
    DUPLICATE = "duplicate"  # kind, id
    UNKNOWN_STAND = "unknown_stand"  # where, id
    UNKNOWN_CANDIDATE = "unknown_candidate"  # where, id
    REPEATED_WISH = "repeated_wish"  # candidate, stand
    LOCKED_OUTSIDE = "locked_outside"  # candidate, stand, slot, whose: not free then
    LOCKED_CLASH = "locked_clash"  # whose, slot: two interviews at once
    LOCKED_TWICE = "locked_twice"  # candidate, stand: they meet more than once
    LOCKED_OVER_CAP = "locked_over_cap"  # candidate, count, cap; pinned pairs count
    KEPT_FORBIDDEN = "kept_forbidden"  # candidate, stand: locked or pinned, and forbidden
    PINNED_WITHOUT_TIME = "pinned_without_time"  # candidate, stand: no time at which both can


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong, for a sentence: `params` are ids and numbers."""

    problem: Problem
    params: dict[str, object]


class Malformed(DomainError):
    """The instance contradicts itself; `mistakes` are all of them."""

    code = "timetable_malformed"

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__(count=len(mistakes))
        self.mistakes = mistakes


def slots_of(ranges: Ranges) -> Iterator[int]:
    """The slot numbers in these ranges."""
    for start, end in ranges:
        yield from range(start, end)
