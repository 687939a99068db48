"""What simulated candidates and recruiters do next, given what they see. Decides only; the crowd carries it out."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from jobdating.domain.arbiter import Choice, Entry, Reason, TimeBox, choose
from jobdating.domain.policy import Actor
from jobdating.domain.slots import Span
from jobdating.domain.states import WITH_RECRUITER, BookingState, NextStep, StandKind
from jobdating.services import booking, queue, review, stand
from jobdating.simulation import words
from jobdating.simulation.fair import Place
from jobdating.simulation.scene import Scene
from jobdating.simulation.temper import Temper, Visit

GRACE = timedelta(minutes=5)
PLANNED = timedelta(minutes=10)  # what the paces of `temper` are of
PATIENCE = timedelta(minutes=2)  # before an absent person is called all the same
BOX = TimeBox()
_STEPS = (NextStep.SHORTLIST, NextStep.SECOND_INTERVIEW, NextStep.OFFER, NextStep.NO, NextStep.UNDECIDED)


@dataclass(frozen=True)
class Act:
    """A service to call as somebody."""

    service: Callable[..., Any]
    actor: Actor
    arguments: dict[str, Any]


def of_booking(service: Callable[..., Any], actor: Actor, row: Any, **more: Any) -> Act:
    return Act(service, actor, {"booking_id": row.id, **more})


def recruiter(place: Place, number: int, scene: Scene, temper: Temper, now: datetime) -> Iterator[Act]:
    """The next acts of a stand's recruiter who is connected."""
    line, over = scene.lines[place.id], scene.over[place.id]
    for row in over:
        if row.reviewed_at is None and (visit := temper.visit(row)).reviewed and now - row.ended_at >= 3 * visit.rest:
            yield of_booking(review.write, place.actor, row, **_judgement(row.id))
    if place.kind is not StandKind.INTERVIEW:
        yield from _meeting(place, line, scene, now)
        return
    busy = [row for row in line if row.state in WITH_RECRUITER]
    for row in busy:
        yield from _with_recruiter(place, number, row, temper, now)
    rested = all(now >= row.ended_at + temper.visit(row).rest for row in over)
    if busy or not rested:
        return
    on_break = _on_break(place, number, temper, now)
    is_away = scene.stands[place.id].away_since is not None
    if on_break != is_away:
        yield Act(stand.away if on_break else stand.back, place.actor, {"stand_id": place.id})
    elif gone := next((row for row in line if _is_gone(row, scene, now)), None):
        yield of_booking(queue.no_show, place.actor, gone)
    elif (
        not is_away and not _is_over(place, number, temper, now) and (row := _to_call(place, line, scene, temper, now))
    ):
        yield of_booking(queue.call, place.actor, row)


def presence(place: Place, number: int, scene: Scene, temper: Temper, now: datetime) -> bool:
    """Whether the recruiter is connected at `now`: in their hours, and until the last conversation is over."""
    if any(row.state in WITH_RECRUITER for row in scene.lines[place.id]):
        return True
    there = _attendance(place, number, temper, now)[0]
    return there is not None and there.start <= now < there.end


def candidates_here(scene: Scene, temper: Temper, now: datetime) -> set[int]:
    """Candidates who have the page open: from a little before they arrive until a little after they were seen."""
    found = {
        row.candidate_id for rows in scene.over.values() for row in rows if now - row.ended_at < timedelta(minutes=6)
    }
    for rows in scene.lines.values():
        for row in rows:
            visit = temper.visit(row)
            if row.state in WITH_RECRUITER or row.slot_id is None or (visit.comes and now >= _arrival(row, visit)):
                found.add(row.candidate_id)
    return found


def candidate(row: Any, actor: Actor, temper: Temper, now: datetime) -> Act | None:
    """What a candidate does about a place in a line."""
    visit = temper.visit(row)
    comes = visit.comes or row.slot_id is None
    if row.state == BookingState.BOOKED and comes and row.starts_at and now >= row.starts_at + visit.arrives:
        return of_booking(queue.check_in, actor, row)
    if row.state == BookingState.CHECKED_IN and row.stepped_aside_at and now - row.stepped_aside_at >= PATIENCE:
        return of_booking(queue.come_back, actor, row)
    if row.slot_id is None and row.state == BookingState.CHECKED_IN and now - row.queued_at >= visit.patience:
        return of_booking(booking.cancel, actor, row)
    if row.state != BookingState.CALLED or not comes or now < row.called_at + visit.answers:
        return None
    first_call = row.checked_in_at is None or row.called_at - row.checked_in_at < timedelta(minutes=4)
    if visit.steps_aside and first_call and row.candidate_in_room_at is None:
        return of_booking(queue.step_aside, actor, row)
    return of_booking(queue.enter_room, actor, row) if row.candidate_in_room_at is None else None


def answer(row: Any, owner: Actor, staff: Actor, temper: Temper, now: datetime) -> Act | None:
    """To a place that is held for a candidate, or a request that a stand must confirm."""
    visit = temper.visit(row)
    if now < row.made_at + visit.thinks:
        return None
    if row.state == BookingState.HELD:
        return of_booking(booking.accept if visit.accepts else booking.cancel, owner, row)
    return of_booking(booking.confirm if visit.accepts else booking.cancel, staff, row)


def _arrival(row: Any, visit: Visit) -> datetime:
    arrives: datetime = (row.starts_at or row.queued_at) + visit.arrives - timedelta(minutes=2)
    return arrives


def _with_recruiter(place: Place, number: int, row: Any, temper: Temper, now: datetime) -> Iterator[Act]:
    visit = temper.visit(row)
    if row.state == BookingState.CALLED:
        if row.candidate_in_room_at is not None:
            if row.recruiter_in_room_at is None:
                yield of_booking(queue.enter_room, place.actor, row)
            yield of_booking(queue.start, place.actor, row)
        elif now - row.called_at >= GRACE:
            yield of_booking(queue.no_show, place.actor, row)
        return
    length = place.setting.interview
    lasts = timedelta(minutes=temper.pace(number) * visit.lasts) * (length / PLANNED)
    if now >= row.started_at + lasts:
        yield of_booking(queue.finish, place.actor, row)
    elif row.extra_minutes == 0 and now >= row.started_at + length and lasts > length + timedelta(minutes=2):
        yield of_booking(queue.extend, place.actor, row)


def _is_gone(row: Any, scene: Scene, now: datetime) -> bool:
    """Due long ago, and nobody has seen them."""
    return bool(
        row.state == BookingState.BOOKED
        and row.slot_id is not None
        and row.candidate_id not in scene.here
        and now - row.starts_at >= 3 * GRACE
    )


def _to_call(place: Place, line: Iterable[Any], scene: Scene, temper: Temper, now: datetime) -> Any | None:
    waiting = {row.id: row for row in line}
    busy = _busy(place, scene, now)
    entries = [
        Entry(
            row.id,
            row.starts_at if row.slot_id is not None else None,
            present=row.stepped_aside_at is None
            and row.late_until is None
            and (row.state == BookingState.CHECKED_IN or row.candidate_id in scene.here),
            busy_until=busy.get(row.candidate_id),
            agreed_at=row.early_agreed_at,
            refused_at=row.early_refused_at,
            ready=row.state == BookingState.CHECKED_IN,
            took_gap=row.gap_taken_at is not None,
        )
        for row in waiting.values()
    ]
    choice: Choice = choose(entries, now=now, length=place.setting.interview, box=BOX)
    if choice.booking_id is not None and (not choice.ask or temper.visit(waiting[choice.booking_id]).agrees):
        return waiting[choice.booking_id]
    head = next((entry for entry in entries if entry.is_due(now)), None)
    if choice.reason is Reason.WAIT and head and head.booked_at and not head.busy_until:
        row = waiting[head.booking_id]
        aside = row.stepped_aside_at and now - row.stepped_aside_at < 2 * GRACE
        if now - head.booked_at >= PATIENCE and not aside:
            return row
    return None


def _busy(place: Place, scene: Scene, now: datetime) -> dict[int, datetime]:
    """Until about when each candidate is with another recruiter."""
    soon = now + timedelta(seconds=1)
    return {
        row.candidate_id: max((row.started_at or row.called_at) + place.setting.interview, soon)
        for row in scene.with_recruiter
    }


def _meeting(place: Place, line: Iterable[Any], scene: Scene, now: datetime) -> Iterator[Act]:
    """A group meets at its time: everybody who is here goes in, all leave together."""
    for row in line:
        if row.state == BookingState.IN_PROGRESS:
            if row.ends_at and now >= row.ends_at:
                yield of_booking(queue.finish, place.actor, row)
        elif row.state == BookingState.CALLED:
            if row.candidate_in_room_at is not None:
                yield of_booking(queue.start, place.actor, row)
            elif now - row.called_at >= GRACE:
                yield of_booking(queue.no_show, place.actor, row)
        elif row.starts_at and now >= row.starts_at:
            if row.state == BookingState.CHECKED_IN or row.candidate_id in scene.here:
                yield of_booking(queue.call, place.actor, row)
            elif now - row.starts_at >= 2 * GRACE:
                yield of_booking(queue.no_show, place.actor, row)


def _on_break(place: Place, number: int, temper: Temper, now: datetime) -> bool:
    pause = _attendance(place, number, temper, now)[1]
    return pause is not None and pause.start <= now < pause.end


def _is_over(place: Place, number: int, temper: Temper, now: datetime) -> bool:
    """Whether the recruiter sees nobody new: they only end what they have begun."""
    there = _attendance(place, number, temper, now)[0]
    return there is None or now >= there.end


def _attendance(place: Place, number: int, temper: Temper, now: datetime) -> tuple[Span | None, Span | None]:
    half = temper.half_of(now)
    if half is None:
        return None, None
    slots = place.half_days.get(half)
    if slots is None:
        return None, None
    found = temper.attendance(number, *half, slots)
    return found.there, found.pause


def _judgement(booking_id: int) -> dict[str, Any]:
    random = Random(booking_id)
    step = random.choices(_STEPS, (30, 18, 12, 22, 18))[0]
    best = {NextStep.OFFER: (4, 5), NextStep.NO: (1, 3)}.get(step, (2, 5))
    return {"note": random.choice(words.NOTES), "rating": random.randint(*best), "next_step": step}
