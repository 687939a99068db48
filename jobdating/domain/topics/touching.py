"""Which fragments of which pages an event changes. One rule a kind of event; a new kind without one changes nothing."""

from functools import singledispatch

from jobdating.domain import events
from jobdating.domain.topics.targets import (
    CandidatesOf,
    OfferedIn,
    ReadersOf,
    ShownBy,
    StandsOf,
    StandsOfFair,
    Target,
    Touch,
    WaitersOf,
    WishedBy,
    announcements,
    cockpit,
    commitments,
    demo_clock,
    fair_room,
    led_stand,
    planning,
    slot,
    staff,
    stand_days,
    stand_row,
    stand_sheet,
    stand_slots,
    stand_status,
    wall_attendance,
    wall_figures,
    wall_row,
    wall_trouble,
    wish_demand,
    wish_outcomes,
)


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
@touched.register(events.PaperChanged)
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
