"""Lays slots over the hours of a stand, and works out what a new grid does to those who have booked. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from jobdating.domain.slots import Span, cut
from jobdating.domain.states import BookingState, SlotState

# A booking that has to move goes at most this far from its time, and never to another day.
REACH = timedelta(minutes=60)


@dataclass(frozen=True)
class Rhythm:
    """The fair's hours as UTC stretches, and the lengths its slots are cut by."""

    hours: tuple[Span, ...]
    interview: timedelta
    buffer: timedelta


@dataclass(frozen=True)
class OldSlot:
    """A slot as it is. `used` tells that bookings point at it, live or not: then it cannot simply go."""

    id: int
    span: Span
    capacity: int
    state: SlotState
    used: bool


@dataclass(frozen=True)
class Place:
    """A live booking of a slot."""

    booking_id: int
    candidate_id: int
    slot_id: int
    seat: int
    span: Span
    state: BookingState


@dataclass(frozen=True)
class Move:
    """A booking that changes its time. `to` is its new span on the same stand, `seat` its seat there."""

    place: Place
    to: Span
    seat: int


@dataclass(frozen=True)
class StandGrid:
    """What a new grid does to one stand.

    `resized` slots keep their start and their bookings; `removed` ones vanish; `retired` ones are kept as blocked for
    the history of their bookings. `lost` bookings have no place in the new grid: unless their slots are kept at their
    old time (`kept`), the grid cannot be applied.
    """

    added: tuple[Span, ...] = ()
    resized: tuple[tuple[int, Span], ...] = ()
    recapped: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
    retired: tuple[int, ...] = ()
    moves: tuple[Move, ...] = ()
    lost: tuple[Place, ...] = ()
    kept: tuple[int, ...] = ()

    @property
    def changes(self) -> bool:
        return self != StandGrid()


Commitments = dict[int, dict[int, Span]]  # candidate → booking → when


def fair_hours(days: Iterable[date], hours: Iterable[Sequence[str]], timezone: str) -> tuple[Span, ...]:
    """The stretches of every day in UTC, from local "09:00" pairs; right across a change of clocks."""
    zone = ZoneInfo(timezone)
    pairs = [(time.fromisoformat(start), time.fromisoformat(end)) for start, end in hours]
    return tuple(
        Span(_utc(datetime.combine(day, start, zone)), _utc(datetime.combine(day, end, zone)))
        for day in days
        for start, end in pairs
    )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo("UTC"))


def spans(availability: Iterable[Span], rhythm: Rhythm) -> list[Span]:
    """The slots of a stand that is there for `availability`.

    Within the fair's hours every stand keeps the fair's rhythm; time outside them starts a rhythm of its own.
    """
    free = merged(availability)
    found: list[Span] = []
    for stretch in rhythm.hours:
        breaks = minus([stretch], free)
        found += cut([stretch], interview=rhythm.interview, buffer=rhythm.buffer, breaks=breaks)
    found += cut(minus(free, rhythm.hours), interview=rhythm.interview, buffer=rhythm.buffer)
    return sorted(found)


def merged(stretches: Iterable[Span]) -> list[Span]:
    """The same time without overlaps, in order; stretches that touch become one."""
    found: list[Span] = []
    for span in sorted(stretches):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def minus(stretches: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What is left of the stretches, in order."""
    left = merged(stretches)
    for out in merged(taken):
        left = [
            piece
            for span in left
            for piece in (Span(span.start, min(span.end, out.start)), Span(max(span.start, out.end), span.end))
            if piece.start < piece.end
        ]
    return left


def regrid(
    old: Iterable[OldSlot],
    places: Iterable[Place],
    wanted: Iterable[Span],
    *,
    capacity: int,
    now: datetime,
    busy: Commitments,
    may_move: bool,
    keep_lost: bool,
) -> StandGrid:
    """Compare a stand's slots with those `wanted`, and find a place for each live booking.

    A slot that has begun is history and stays. `busy` holds when candidates are taken anywhere; it is brought up to
    date with what is decided here, so that stands can be worked out one after the other.
    """
    old = sorted(old, key=lambda slot: slot.span)
    coming = [slot for slot in old if slot.span.start > now]
    begun = [slot.span for slot in old if slot.span.start <= now]
    targets = {
        span.start: span for span in wanted if span.start > now and not any(span.overlaps(past) for past in begun)
    }
    at_slot: dict[int, list[Place]] = {}
    for place in sorted(places, key=lambda place: (place.span, place.booking_id)):
        at_slot.setdefault(place.slot_id, []).append(place)
    staying, leaving = _settle(coming, at_slot, targets, capacity, busy)
    # A slot that stays only for its bookings pushes the new ones aside.
    kept = [slot for slot in leaving if any(_is_fixed(place) for place in at_slot.get(slot.id, []))]
    seats = {slot.span.start: {place.seat for place in at_slot.get(slot.id, [])} for slot in staying}
    open_starts = {slot.span.start for slot in staying if slot.state is not SlotState.OPEN}
    free = {start: span for start, span in targets.items() if start not in open_starts}
    _push(free, kept)
    moves, lost = _rehouse(leaving, kept, at_slot, free, seats, capacity, busy, may_move=may_move)
    if keep_lost and lost:
        ids = {place.slot_id for place in lost}
        kept += [slot for slot in leaving if slot.id in ids]
        _push(free, kept)
        moves, more = _still_valid(moves, free)
        again = {place.slot_id for place in more}
        kept += [slot for slot in leaving if slot.id in again and slot not in kept]
        _push(free, kept)
        for place in more:
            busy[place.candidate_id][place.booking_id] = place.span
        lost = []
    stay_starts = {slot.span.start for slot in staying}
    kept_ids = {slot.id for slot in kept} | {place.slot_id for place in lost}
    gone = [slot for slot in leaving if slot.id not in kept_ids]
    return StandGrid(
        added=tuple(sorted(span for start, span in free.items() if start not in stay_starts)),
        resized=tuple(
            (slot.id, target)
            for slot in staying
            if slot.span != (target := targets[slot.span.start]) and not any(target.overlaps(k.span) for k in kept)
        ),
        recapped=tuple(slot.id for slot in staying if slot.capacity != capacity),
        removed=tuple(slot.id for slot in gone if not slot.used),
        retired=tuple(slot.id for slot in gone if slot.used and slot.state is SlotState.OPEN),
        moves=tuple(moves),
        lost=tuple(lost),
        kept=tuple(sorted(slot.id for slot in kept)),
    )


def _settle(
    coming: list[OldSlot],
    at_slot: Mapping[int, list[Place]],
    targets: Mapping[datetime, Span],
    capacity: int,
    busy: Commitments,
) -> tuple[list[OldSlot], list[OldSlot]]:
    """The slots whose start is still on the grid and whose bookings can all stay, and the others."""
    staying: list[OldSlot] = []
    leaving: list[OldSlot] = []
    for slot in coming:
        target = targets.get(slot.span.start)
        inside = at_slot.get(slot.id, [])
        fits = target is not None and all(
            place.seat <= capacity and _is_free(place, target, busy) for place in inside
        )
        (staying if fits else leaving).append(slot)
        if fits and target:
            for place in inside:
                busy.setdefault(place.candidate_id, {})[place.booking_id] = target
    return staying, leaving


def _rehouse(
    leaving: list[OldSlot],
    kept: list[OldSlot],
    at_slot: Mapping[int, list[Place]],
    free: Mapping[datetime, Span],
    seats: dict[datetime, set[int]],
    capacity: int,
    busy: Commitments,
    *,
    may_move: bool,
) -> tuple[list[Move], list[Place]]:
    """The nearest free place for each booking of a slot that goes."""
    moves: list[Move] = []
    lost: list[Place] = []
    for slot in leaving:
        for place in [] if slot in kept else at_slot.get(slot.id, []):
            move = _nearest(place, free, seats, capacity, busy) if may_move else None
            if move is None:
                lost.append(place)
                continue
            moves.append(move)
            seats.setdefault(move.to.start, set()).add(move.seat)
            busy.setdefault(place.candidate_id, {})[place.booking_id] = move.to
    stuck = {place.slot_id for place in lost}
    lost = [place for slot in leaving if slot.id in stuck for place in at_slot[slot.id]]
    for place in lost:
        busy.setdefault(place.candidate_id, {})[place.booking_id] = place.span
    return [move for move in moves if move.place.slot_id not in stuck], lost


def _nearest(
    place: Place, free: Mapping[datetime, Span], seats: Mapping[datetime, set[int]], capacity: int, busy: Commitments
) -> Move | None:
    near = [span for span in free.values() if abs(span.start - place.span.start) <= REACH]
    for span in sorted(near, key=lambda span: (abs(span.start - place.span.start), span.start)):
        taken = seats.get(span.start, set())
        seat = next((seat for seat in range(1, capacity + 1) if seat not in taken), None)
        if seat is not None and _is_free(place, span, busy):
            return Move(place, span, seat)
    return None


def _is_free(place: Place, span: Span, busy: Commitments) -> bool:
    others = busy.get(place.candidate_id, {})
    return not any(booking != place.booking_id and span.overlaps(when) for booking, when in others.items())


def _is_fixed(place: Place) -> bool:
    """Called or in an interview: nothing moves them any more."""
    return place.state in {BookingState.CALLED, BookingState.IN_PROGRESS}


def _push(free: dict[datetime, Span], kept: Iterable[OldSlot]) -> None:
    for slot in kept:
        for start in [start for start, span in free.items() if span.overlaps(slot.span)]:
            del free[start]


def _still_valid(moves: list[Move], free: Mapping[datetime, Span]) -> tuple[list[Move], list[Place]]:
    """Moves whose new slot is still there; the others stay where they were."""
    fine = [move for move in moves if free.get(move.to.start) == move.to]
    stuck = {move.place.slot_id for move in moves if move not in fine}
    return [move for move in fine if move.place.slot_id not in stuck], [
        move.place for move in moves if move.place.slot_id in stuck
    ]
