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


@singledispatch
def touched(event: events.Event) -> frozenset[Touch]:
    """The fragments an event changes; those that depend on who waits where are left as selectors."""
    return frozenset()


@touched.register
def _(event: events.BookingEvent) -> frozenset[Touch]:
    changed: set[Touch] = {
        planning(event.candidate_id),
        commitments(event.candidate_id),
        wish_outcomes(event.candidate_id),
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
@touched.register(events.InterviewExtended)
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
def _(event: events.TurnChanged) -> frozenset[Touch]:
    return frozenset(cockpit(event.stand_id))


@touched.register
def _(event: events.GapOpened) -> frozenset[Touch]:
    return frozenset(cockpit(event.stand_id))


@touched.register(events.GapOffered)
@touched.register(events.GapDeclined)
def _(event: events.GapOffered | events.GapDeclined) -> frozenset[Touch]:
    return frozenset(cockpit(event.stand_id) | {planning(event.candidate_id)})


@touched.register(events.GapTaken)
@touched.register(events.GapClosed)
def _(event: events.GapTaken | events.GapClosed) -> frozenset[Touch]:
    return frozenset(_stand(event.stand_id, event.fair_id) | {OfferedIn(event.gap_id), WaitersOf(event.stand_id)})


@touched.register(events.ClashFound)
@touched.register(events.ClashGone)
@touched.register(events.PlaceYielded)
def _(event: events.ClashFound | events.ClashGone | events.PlaceYielded) -> frozenset[Touch]:
    sheets = {stand_sheet(event.stand_id), stand_sheet(event.other_stand_id)}
    return frozenset(cockpit(event.stand_id) | cockpit(event.other_stand_id) | sheets)


@touched.register(events.StandRepaired)
@touched.register(events.RepairUndone)
def _repaired(event: events.StandEvent) -> frozenset[Touch]:
    """Slots moved with the people: the whole list of them is another one, and so is what is expected when."""
    assert event.fair_id is not None
    shown: set[Touch] = {WaitersOf(event.stand_id), stand_slots(event.stand_id), wall_attendance(event.fair_id)}
    shown.add(wish_demand(event.stand_id, event.fair_id))
    return frozenset(_stand(event.stand_id, event.fair_id) | shown)


@touched.register
def _(event: events.RepairSettled) -> frozenset[Touch]:
    return frozenset({stand_sheet(event.stand_id)})


@touched.register
def _(event: events.LeadChanged) -> frozenset[Touch]:
    return frozenset(stand_sheet(stand_id) for stand_id in event.stand_ids)


@touched.register
def _(event: events.StandChanged) -> frozenset[Touch]:
    shown: set[Touch] = {WaitersOf(event.stand_id), ShownBy(event.stand_id), stand_slots(event.stand_id)}
    shown.add(wish_demand(event.stand_id, event.fair_id or 0))
    return frozenset(_stand(event.stand_id, event.fair_id) | shown)


@touched.register
def _(event: events.SlotBlocked) -> frozenset[Touch]:
    places = {slot(event.slot_id, event.stand_id), wish_demand(event.stand_id, event.fair_id or 0)}
    return frozenset(_stand(event.stand_id, event.fair_id) | places)


@touched.register
def _(event: events.SlotReopened) -> frozenset[Touch]:
    places = {slot(event.slot_id, event.stand_id), wish_demand(event.stand_id, event.fair_id or 0)}
    return frozenset(_stand(event.stand_id, event.fair_id) | places)


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


@touched.register(events.AdultChanged)
@touched.register(events.DocumentRead)
@touched.register(events.KeepingChanged)
@touched.register(events.ParentAsked)
@touched.register(events.ProfileRead)
def _read_or_said(event: events.CandidateEvent) -> frozenset[Touch]:
    """Told to nobody's open page: it is read where one asks for it."""
    return frozenset()


@touched.register
def _(event: events.WishesRanked) -> frozenset[Touch]:
    assert event.fair_id is not None
    contested = {wish_demand(stand_id, event.fair_id) for stand_id in event.stand_ids}
    return touched.dispatch(events.CandidateEvent)(event) | contested


@touched.register(events.ProfileChanged)
@touched.register(events.CandidateRegistered)
def _(event: events.CandidateEvent) -> frozenset[Touch]:
    """Their wishes may suit now, or no longer."""
    assert event.fair_id is not None
    return touched.dispatch(events.CandidateEvent)(event) | {WishedBy(event.candidate_id, event.fair_id)}


@touched.register(events.TimetablePublished)
@touched.register(events.RestOpened)
def _(event: events.Event) -> frozenset[Touch]:
    return _fair(event.fair_id)


@touched.register
def _(event: events.FairChanged) -> frozenset[Touch]:
    return _fair(event.fair_id)


@touched.register
def _(event: events.PeopleForgotten) -> frozenset[Touch]:
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
def _(event: events.TroubleChanged) -> frozenset[Touch]:
    assert event.fair_id is not None
    head = Target("cockpit-head", str(event.stand_id), staff(event.stand_id))
    return frozenset({head, wall_trouble(event.fair_id)})


@touched.register
def _(event: events.AttendanceSampled) -> frozenset[Touch]:
    assert event.fair_id is not None
    return frozenset({wall_attendance(event.fair_id), wall_figures(event.fair_id), wall_trouble(event.fair_id)})


def own(candidate_id: int) -> set[Target]:
    """All that only this candidate sees."""
    return {
        planning(candidate_id),
        commitments(candidate_id),
        announcements(candidate_id),
        wish_outcomes(candidate_id),
    }


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
        led_stand(stand_id),
        stand_sheet(stand_id),
        wall_figures(fair_id),
        wall_trouble(fair_id),
    }
