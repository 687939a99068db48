"""Which fragments of which pages an event changes, and who watches them. Pure.

A topic is an audience, and the unit of permission. A fragment belongs to exactly one topic; its element on the page
is `fragment-key`. Fragments are named here once, for rendering, for the relay and for the templates.
"""

from dataclasses import dataclass
from functools import singledispatch
from typing import NamedTuple

from jobdating.domain import events


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


Touch = Target | CandidatesOf | WaitersOf | ShownBy | StandsOf | StandsOfFair | ReadersOf


def fair(fair_id: int) -> str:
    return f"fair:{fair_id}"


def organisers(fair_id: int) -> str:
    return f"fair:{fair_id}:organisers"


def stand(stand_id: int) -> str:
    return f"stand:{stand_id}"


def staff(stand_id: int) -> str:
    return f"stand:{stand_id}:staff"


def stand_organisers(stand_id: int) -> str:
    """Apart from the wall's topic: a sheet is drawn only while an organiser has it open."""
    return f"stand:{stand_id}:organisers"


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


# The recruiter's cockpit.


def cockpit(stand_id: int) -> frozenset[Target]:
    return frozenset(
        Target(name, str(stand_id), staff(stand_id))
        for name in ("cockpit-head", "cockpit-now", "cockpit-queue", "cockpit-day")
    )


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
OVERVIEWS = frozenset({"fair-room", "stand-row", "wall-figures", "wall-trouble", "wall-attendance"})
# A patch of the list makes pending patches of its rows needless.
LIST_ROWS = {"slot": "stand-slots"}


@singledispatch
def touched(event: events.Event) -> frozenset[Touch]:
    """The fragments an event changes; those that depend on who waits where are left as selectors."""
    return frozenset()


@touched.register
def _(event: events.BookingEvent) -> frozenset[Touch]:
    changed: set[Touch] = {
        planning(event.candidate_id),
        commitments(event.candidate_id),
        WaitersOf(event.stand_id),
        *_stand(event.stand_id, event.fair_id),
    }
    if event.slot_id is not None:
        changed.add(slot(event.slot_id, event.stand_id))
    return frozenset(changed)


@touched.register
def _(event: events.BookingMade) -> frozenset[Touch]:
    return _planned(event)


@touched.register
def _(event: events.BookingMoved) -> frozenset[Touch]:
    changed = set(touched.dispatch(events.BookingEvent)(event)) | _stand(event.from_stand_id, event.fair_id)
    changed |= {WaitersOf(event.from_stand_id), StandsOf(event.candidate_id, event.fair_id or 0)}
    changed |= {wall_attendance(event.fair_id or 0), announcements(event.candidate_id)}
    if event.from_slot_id is not None:
        changed.add(slot(event.from_slot_id, event.from_stand_id))
    return frozenset(changed)


@touched.register
def _(event: events.BookingRestored) -> frozenset[Touch]:
    return _elsewhere(event) | _planned(event)


@touched.register
def _(event: events.BookingCancelled) -> frozenset[Touch]:
    return _elsewhere(event) | _planned(event)


@touched.register
def _(event: events.InterviewReviewed) -> frozenset[Touch]:
    return frozenset(cockpit(event.stand_id))


def _planned(event: events.BookingEvent) -> frozenset[Touch]:
    """Who is expected when is another matter now."""
    assert event.fair_id is not None
    return touched.dispatch(events.BookingEvent)(event) | {wall_attendance(event.fair_id)}


@touched.register(events.CandidateCheckedIn)
@touched.register(events.CandidateCalled)
@touched.register(events.InterviewFinished)
@touched.register(events.InterviewStarted)
@touched.register(events.CandidateMissed)
@touched.register(events.CandidateSteppedAside)
def _elsewhere(event: events.BookingEvent) -> frozenset[Touch]:
    """The other stands of the candidate also see where they are."""
    assert event.fair_id is not None
    return touched.dispatch(events.BookingEvent)(event) | {StandsOf(event.candidate_id, event.fair_id)}


@touched.register
def _(event: events.StandEvent) -> frozenset[Touch]:
    return frozenset(_stand(event.stand_id, event.fair_id) | {WaitersOf(event.stand_id)})


@touched.register
def _(event: events.StandChanged) -> frozenset[Touch]:
    shown: set[Touch] = {WaitersOf(event.stand_id), ShownBy(event.stand_id), stand_slots(event.stand_id)}
    return frozenset(_stand(event.stand_id, event.fair_id) | shown)


@touched.register
def _(event: events.SlotBlocked) -> frozenset[Touch]:
    return frozenset(_stand(event.stand_id, event.fair_id) | {slot(event.slot_id, event.stand_id)})


@touched.register
def _(event: events.SlotReopened) -> frozenset[Touch]:
    return frozenset(_stand(event.stand_id, event.fair_id) | {slot(event.slot_id, event.stand_id)})


@touched.register
def _(event: events.WaitlistJoined) -> frozenset[Touch]:
    return frozenset(_stand(event.stand_id, event.fair_id) | own(event.candidate_id) | {WaitersOf(event.stand_id)})


@touched.register
def _(event: events.WaitlistLeft) -> frozenset[Touch]:
    return frozenset(_stand(event.stand_id, event.fair_id) | own(event.candidate_id) | {WaitersOf(event.stand_id)})


@touched.register
def _(event: events.CandidateEvent) -> frozenset[Touch]:
    assert event.fair_id is not None
    return frozenset(
        {
            *own(event.candidate_id),
            StandsOf(event.candidate_id, event.fair_id),
            wall_figures(event.fair_id),
            wall_trouble(event.fair_id),
        }
    )


@touched.register
def _(event: events.DocumentRead) -> frozenset[Touch]:
    return frozenset()


@touched.register
def _(event: events.FairChanged) -> frozenset[Touch]:
    return _fair(event.fair_id)


@touched.register
def _(event: events.PlacesPassed) -> frozenset[Touch]:
    assert event.fair_id is not None
    return frozenset({fair_room(event.fair_id), StandsOfFair(event.fair_id)})


@touched.register
def _(event: events.FairImported) -> frozenset[Touch]:
    return _fair(event.fair_id)


@touched.register
def _(event: events.DayTurned) -> frozenset[Touch]:
    return _fair(event.fair_id)


@touched.register
def _(event: events.AnnouncementSent) -> frozenset[Touch]:
    assert event.fair_id is not None
    return frozenset({ReadersOf(event.fair_id, event.stand_id, event.site_id)})


@touched.register
def _(event: events.DemoClockSet) -> frozenset[Touch]:
    return frozenset({demo_clock()})


@touched.register
def _(event: events.AttendanceSampled) -> frozenset[Touch]:
    assert event.fair_id is not None
    return frozenset({wall_attendance(event.fair_id), wall_figures(event.fair_id), wall_trouble(event.fair_id)})


def own(candidate_id: int) -> set[Target]:
    """All that only this candidate sees."""
    return {planning(candidate_id), commitments(candidate_id), announcements(candidate_id)}


def _fair(fair_id: int | None) -> frozenset[Touch]:
    assert fair_id is not None
    return frozenset(
        {
            fair_room(fair_id),
            StandsOfFair(fair_id),
            CandidatesOf(fair_id),
            wall_figures(fair_id),
            wall_trouble(fair_id),
            wall_attendance(fair_id),
        }
    )


def _stand(stand_id: int, fair_id: int | None) -> set[Touch]:
    assert fair_id is not None
    return {
        fair_room(fair_id),
        stand_row(stand_id, fair_id),
        stand_days(stand_id),
        stand_status(stand_id),
        *cockpit(stand_id),
        wall_row(stand_id, fair_id),
        stand_sheet(stand_id),
        wall_figures(fair_id),
        wall_trouble(fair_id),
    }
