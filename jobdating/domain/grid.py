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
    """A slot as it is. `used` tells that bookings point at it, live or not: then it cannot simply go. A `retired` one is
    outside the grid; its `state` is the one it had."""

    id: int
    span: Span
    capacity: int
    state: SlotState
    used: bool
    retired: bool = False


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

    `resized` slots keep their start and their bookings; `removed` ones vanish; `retired` ones are kept out of the grid,
    for the history of their bookings or because somebody blocked them; `revived` ones are back in it as they were.
    `gain` is how many open slots there are more, or fewer. `lost` bookings have no place in the new grid: unless their
    slots are kept at their old time (`kept`), the grid cannot be applied.
    """

    added: tuple[Span, ...] = ()
    resized: tuple[tuple[int, Span], ...] = ()
    recapped: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
    retired: tuple[int, ...] = ()
    revived: tuple[int, ...] = ()
    gain: int = 0
    moves: tuple[Move, ...] = ()
    lost: tuple[Place, ...] = ()
    kept: tuple[int, ...] = ()

    @property
    def changes(self) -> bool:
        return self != StandGrid()

    @property
    def coming(self) -> int:
        """How many slots are new, or back."""
        return len(self.added) + len(self.revived)

    @property
    def going(self) -> int:
        return len(self.removed) + len(self.retired)


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
    by_id = {slot.id: slot for slot in coming}
    homeless, kept_ids = _settle(coming, at_slot, targets, capacity, busy)
    homes = _Homes(coming, at_slot, targets, {place.booking_id for place in homeless}, capacity)
    homes.push([by_id[slot] for slot in kept_ids])
    moves, lost = _rehouse(homeless, homes, busy) if may_move else ([], homeless)
    if keep_lost and lost:
        kept_ids |= {place.slot_id for place in lost}
        homes.push([by_id[slot] for slot in kept_ids])
        stuck = [move.place for move in moves if move.to.start not in homes.free]
        for place in stuck:
            busy[place.candidate_id][place.booking_id] = place.span
        moves = [move for move in moves if move.to.start in homes.free]
        kept_ids |= {place.slot_id for place in stuck}
        homes.push([by_id[slot] for slot in kept_ids])
        lost = []
    return _told(coming, targets, homes, moves, lost, kept_ids, capacity)


def _told(
    coming: list[OldSlot],
    targets: Mapping[datetime, Span],
    homes: "_Homes",
    moves: list[Move],
    lost: list[Place],
    kept_ids: set[int],
    capacity: int,
) -> StandGrid:
    kept = [slot for slot in coming if slot.id in kept_ids]
    staying = [slot for slot in coming if slot.span.start in targets and slot.id not in kept_ids]
    needed = kept_ids | {place.slot_id for place in lost}
    gone = [slot for slot in coming if slot.span.start not in targets and slot.id not in needed]
    there = {slot.span.start for slot in coming}
    added = sorted(span for start, span in homes.free.items() if start not in there)
    removed = [slot for slot in gone if not slot.used and slot.state is SlotState.OPEN]
    retired = [slot for slot in gone if not slot.retired and slot not in removed]
    pushed = {slot.id for slot in staying if any(targets[slot.span.start].overlaps(each.span) for each in kept)}
    revived = [slot for slot in staying if slot.retired and slot.id not in pushed]
    return StandGrid(
        added=tuple(added),
        resized=tuple(
            (slot.id, target)
            for slot in staying
            if slot.span != (target := targets[slot.span.start]) and slot.id not in pushed
        ),
        recapped=tuple(slot.id for slot in staying if slot.capacity != capacity),
        removed=tuple(slot.id for slot in removed),
        retired=tuple(slot.id for slot in retired),
        revived=tuple(slot.id for slot in revived),
        gain=len(added) + _open(revived) - _open(retired) - _open(slot for slot in removed if not slot.retired),
        moves=tuple(moves),
        lost=tuple(lost),
        kept=tuple(slot.id for slot in kept if slot.span.start not in targets),
    )


def _open(slots: Iterable[OldSlot]) -> int:
    return sum(slot.state is SlotState.OPEN for slot in slots)


class _Homes:
    """The places that moving bookings may take: those of the new grid, less what is blocked, kept or taken."""

    def __init__(
        self,
        coming: list[OldSlot],
        at_slot: Mapping[int, list[Place]],
        targets: Mapping[datetime, Span],
        homeless: set[int],
        capacity: int,
    ) -> None:
        self.capacity = capacity
        blocked = {slot.span.start for slot in coming if slot.state is not SlotState.OPEN}
        self.free = {start: span for start, span in targets.items() if start not in blocked}
        self.seats = {
            slot.span.start: {place.seat for place in at_slot.get(slot.id, []) if place.booking_id not in homeless}
            for slot in coming
            if slot.span.start in targets
        }

    def push(self, kept: Iterable[OldSlot]) -> None:
        """A slot that stays only for its bookings pushes the new ones aside."""
        for slot in kept:
            for start in [start for start, span in self.free.items() if span.overlaps(slot.span)]:
                del self.free[start]


def _settle(
    coming: list[OldSlot],
    at_slot: Mapping[int, list[Place]],
    targets: Mapping[datetime, Span],
    capacity: int,
    busy: Commitments,
) -> tuple[list[Place], set[int]]:
    """Who cannot stay where they are, and the slots that stay as they are for somebody who is called already."""
    homeless: list[Place] = []
    kept: set[int] = set()
    for slot in coming:
        target = targets.get(slot.span.start)
        for place in at_slot.get(slot.id, []):
            if target is not None and place.seat <= capacity and _is_free(place, target, busy):
                busy.setdefault(place.candidate_id, {})[place.booking_id] = target
            elif _is_fixed(place):
                kept.add(slot.id)
            else:
                homeless.append(place)
    return [place for place in homeless if place.slot_id not in kept], kept


def _rehouse(homeless: list[Place], homes: _Homes, busy: Commitments) -> tuple[list[Move], list[Place]]:
    """The nearest free place for each, the earliest first."""
    moves: list[Move] = []
    lost: list[Place] = []
    for place in homeless:
        move = _nearest(place, homes.free, homes.seats, homes.capacity, busy)
        if move is None:
            lost.append(place)
            continue
        moves.append(move)
        homes.seats.setdefault(move.to.start, set()).add(move.seat)
        busy.setdefault(place.candidate_id, {})[place.booking_id] = move.to
    return moves, lost


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
