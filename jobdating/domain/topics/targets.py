"""Topics, selectors and targets: who watches what, and the name of each fragment.

A topic is an audience, and the unit of permission. A fragment belongs to exactly one topic; its element on the page
is `fragment-key`. Fragments are named here once, for rendering, for the relay and for the templates.
"""

from dataclasses import dataclass
from typing import NamedTuple


class Target(NamedTuple):
    """One element on somebody's page. A tuple, for every booking touches a score of them and each is looked up."""

    fragment: str
    key: str
    topic: str

    @property
    def element(self) -> str:
        return f"{self.fragment}-{self.key}"


@dataclass(frozen=True)
class WaitersOf:
    """Everyone who has a live booking or a place on the waitlist at a stand; resolved by one query."""

    stand_id: int


@dataclass(frozen=True)
class ShownBy:
    """Whose pages show the name and rules of a stand: all who have a booking there, and the stands of the same company.

    Resolved by two queries.
    """

    stand_id: int


@dataclass(frozen=True)
class StandsOf:
    """Every stand where a candidate has a live booking; resolved by one query."""

    candidate_id: int
    fair_id: int


@dataclass(frozen=True)
class StandsOfFair:
    """Every stand of a fair, on its own page, in its cockpit, in the lists and on the wall; resolved by one query."""

    fair_id: int


@dataclass(frozen=True)
class ReadersOf:
    """Every candidate an announcement is for: those of a stand's line, of a site, or all; resolved by one query."""

    fair_id: int
    stand_id: int | None
    site_id: int | None


@dataclass(frozen=True)
class CandidatesOf:
    """Every candidate of a fair, for what changes all their pages; resolved by one query."""

    fair_id: int


@dataclass(frozen=True)
class WishedBy:
    """Every stand a candidate wishes for; resolved by one query."""

    candidate_id: int
    fair_id: int


@dataclass(frozen=True)
class OfferedIn:
    """Everyone a gap was offered to; resolved by one query."""

    gap_id: int


Touch = Target | CandidatesOf | OfferedIn | WaitersOf | ShownBy | StandsOf | StandsOfFair | ReadersOf | WishedBy


def fair(fair_id: int) -> str:
    return f"fair:{fair_id}"


def organisers(fair_id: int) -> str:
    return f"fair:{fair_id}:organisers"


def candidates(fair_id: int) -> str:
    """What all candidates of a fair may see, and nobody else."""
    return f"fair:{fair_id}:candidates"


def stand(stand_id: int) -> str:
    return f"stand:{stand_id}"


def staff(stand_id: int) -> str:
    return f"stand:{stand_id}:staff"


def stand_organisers(stand_id: int) -> str:
    """Apart from the wall's topic: a sheet is drawn only while an organiser has it open."""
    return f"stand:{stand_id}:organisers"


def stand_lead(stand_id: int) -> str:
    """For who leads the company of the stand, beside its other stands."""
    return f"stand:{stand_id}:lead"


def candidate(candidate_id: int) -> str:
    return f"candidate:{candidate_id}"


# Public: the fair's page, its lists, the page of a stand.


def fair_room(fair_id: int) -> Target:
    return Target("fair-room", str(fair_id), fair(fair_id))


def stand_row(stand_id: int, fair_id: int) -> Target:
    return Target("stand-row", str(stand_id), fair(fair_id))


def stand_days(stand_id: int) -> Target:
    return Target("stand-days", str(stand_id), stand(stand_id))


def stand_slots(stand_id: int) -> Target:
    return Target("stand-slots", str(stand_id), stand(stand_id))


def stand_status(stand_id: int) -> Target:
    return Target("stand-status", str(stand_id), stand(stand_id))


def stand_page(stand_id: int) -> frozenset[Target]:
    """What the public page of a stand shows."""
    return frozenset({stand_days(stand_id), stand_slots(stand_id), stand_status(stand_id)})


def slot(slot_id: int, stand_id: int) -> Target:
    return Target("slot", str(slot_id), stand(stand_id))


# A candidate's own.


def planning(candidate_id: int) -> Target:
    return Target("planning", str(candidate_id), candidate(candidate_id))


def commitments(candidate_id: int) -> Target:
    return Target("commitments", str(candidate_id), candidate(candidate_id))


def announcements(candidate_id: int) -> Target:
    return Target("announcements", str(candidate_id), candidate(candidate_id))


def wish_outcomes(candidate_id: int) -> Target:
    return Target("wish-outcomes", str(candidate_id), candidate(candidate_id))


def wish_demand(stand_id: int, fair_id: int) -> Target:
    return Target("wish-demand", str(stand_id), candidates(fair_id))


# The recruiter's cockpit.


def cockpit(stand_id: int) -> frozenset[Target]:
    return frozenset(
        Target(name, str(stand_id), staff(stand_id))
        for name in ("cockpit-head", "cockpit-now", "cockpit-queue", "cockpit-day")
    )


def led_stand(stand_id: int) -> Target:
    return Target("led-stand", str(stand_id), stand_lead(stand_id))


# The organiser's wall.


def wall_row(stand_id: int, fair_id: int) -> Target:
    return Target("wall-row", str(stand_id), organisers(fair_id))


def stand_sheet(stand_id: int) -> Target:
    return Target("stand-sheet", str(stand_id), stand_organisers(stand_id))


def wall_figures(fair_id: int) -> Target:
    return Target("wall-figures", str(fair_id), organisers(fair_id))


def wall_trouble(fair_id: int) -> Target:
    return Target("wall-trouble", str(fair_id), organisers(fair_id))


def wall_attendance(fair_id: int) -> Target:
    return Target("wall-attendance", str(fair_id), organisers(fair_id))


# The demo's bar, which everybody sees.


def demo_clock() -> Target:
    return Target("demo-clock", "1", "demo:1")


# Recomputed at most four times a second, whatever happens.
OVERVIEWS = frozenset({"fair-room", "stand-row", "wall-figures", "wall-trouble", "wall-attendance", "wish-demand"})
# A patch of the list makes pending patches of its rows needless.
LIST_ROWS = {"slot": "stand-slots"}
