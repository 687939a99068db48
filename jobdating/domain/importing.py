"""Compares what a file says with what is stored, and says what an import would do. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from jobdating.domain.content import Content, Current, Item, Key, Kind, Known
from jobdating.domain.grid import Commitments, OldSlot, Place, Rhythm, StandGrid, fair_hours, regrid, spans
from jobdating.domain.slots import Span
from jobdating.domain.window import days_between

# A change of these moves the slots of every stand.
_RHYTHM = frozenset({"first_day", "last_day", "hours", "timezone", "interview_minutes", "buffer_minutes"})


@dataclass(frozen=True)
class Change:
    """A stored thing that the file says otherwise: field → (before, after)."""

    known: Known
    item: Item
    differences: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class StandSlots:
    """What happens to the slots of one stand. `stand_id` is None for a new one."""

    stand: Key
    label: str
    stand_id: int | None
    capacity: int
    grid: StandGrid


@dataclass(frozen=True)
class Hurt:
    """A booking that the import would leave without its slot."""

    booking_id: int
    stand: str
    candidate_id: int
    starts_at: datetime


@dataclass(frozen=True)
class Plan:
    """What an import does. Nothing stored is removed: what the file no longer lists is kept (`absent`)."""

    slug: str
    fair_id: int | None
    additions: tuple[Item, ...] = ()
    changes: tuple[Change, ...] = ()
    unchanged: int = 0
    absent: tuple[Known, ...] = ()
    slots: tuple[StandSlots, ...] = ()
    hurts: tuple[Hurt, ...] = ()

    @property
    def changes_anything(self) -> bool:
        return bool(self.additions or self.changes or self.slots)

    def added(self, kind: Kind) -> list[Item]:
        return [item for item in self.additions if item.kind is kind]

    def changed(self, kind: Kind) -> list[Change]:
        return [change for change in self.changes if change.item.kind is kind]


@dataclass(frozen=True)
class Grids:
    """The slots and live bookings of a fair, by stand; and when its candidates are taken."""

    slots: Mapping[int, tuple[OldSlot, ...]] = field(default_factory=dict)
    places: Mapping[int, tuple[Place, ...]] = field(default_factory=dict)

    def busy(self) -> Commitments:
        found: Commitments = {}
        for places in self.places.values():
            for place in places:
                found.setdefault(place.candidate_id, {})[place.booking_id] = place.span
        return found


def plan(content: Content, current: Current, grids: Grids, *, now: datetime, keep: bool = False) -> Plan:
    """What importing `content` over `current` would do. With `keep`, booked slots outside the new hours stay."""
    additions: list[Item] = []
    changes: list[Change] = []
    unchanged = 0
    stored = {kind: current.of(kind) for kind in Kind}
    for item in content.items:
        known = stored[item.kind].get(item.key)
        if known is None:
            additions.append(item)
            continue
        differences = _differences(known.item, item)
        if item.kind is Kind.ACCOUNT and item.key[0] in current.foreign_accounts:
            differences = {}
        if differences:
            changes.append(Change(known, item, differences))
        else:
            unchanged += item.kind is not Kind.ACCOUNT
    slots = _slots(content, stored, changes, grids, now=now, keep=keep)
    hurts = tuple(
        Hurt(place.booking_id, each.label, place.candidate_id, place.span.start)
        for each in slots
        for place in each.grid.lost
    )
    return Plan(
        content.slug,
        current.fair_id,
        tuple(additions),
        tuple(changes),
        unchanged,
        tuple(_absent(content, current)),
        tuple(slots),
        hurts,
    )


def rhythm(fair: Mapping[str, Any]) -> Rhythm:
    """The grid that a fair's values describe."""
    return Rhythm(
        fair_hours(days_between(fair["first_day"], fair["last_day"]), fair["hours"], fair["timezone"]),
        timedelta(minutes=fair["interview_minutes"]),
        timedelta(minutes=fair["buffer_minutes"]),
    )


def _differences(before: Item, after: Item) -> dict[str, tuple[Any, Any]]:
    """What the file says otherwise. Of a person, nothing empty replaces what is known, and capitals do not count."""
    found = {
        name: (before.values.get(name), value)
        for name, value in after.values.items()
        if before.values.get(name) != value
    }
    if after.kind is Kind.ACCOUNT:
        found = {name: pair for name, pair in found.items() if pair[1] and not _same_name(*pair)}
    return found


def _same_name(before: Any, after: Any) -> bool:
    return isinstance(before, str) and isinstance(after, str) and before.casefold() == after.casefold()


def _absent(content: Content, current: Current) -> Iterable[Known]:
    """Stored things of the kinds that the file lists, which it does not name."""
    listed = {item.kind for item in content.items} - {Kind.ACCOUNT, Kind.FAIR}
    named = {(item.kind, item.key) for item in content.items}
    return (k for k in current.known if k.item.kind in listed and (k.item.kind, k.item.key) not in named)


def _slots(
    content: Content,
    stored: Mapping[Kind, dict[Key, Known]],
    changes: list[Change],
    grids: Grids,
    *,
    now: datetime,
    keep: bool,
) -> list[StandSlots]:
    fair = next((dict(known.item.values) for known in stored[Kind.FAIR].values()), {})
    fair |= next((dict(item.values) for item in content.of(Kind.FAIR)), {})
    everywhere = any(c.item.kind is Kind.FAIR and _RHYTHM & c.differences.keys() for c in changes)
    changed = {c.item.key for c in changes if {"availability", "capacity"} & c.differences.keys()}
    named = {item.key: item for item in content.of(Kind.STAND)}
    found: list[StandSlots] = []
    busy, beat = grids.busy(), rhythm(fair)
    for key in list(named) + [key for key in stored[Kind.STAND] if key not in named and everywhere]:
        known = stored[Kind.STAND].get(key)
        if known is not None and not everywhere and key not in changed:
            continue
        values = {**(known.item.values if known else {}), **(named[key].values if key in named else {})}
        stretches = [Span(start, end) for start, end in values.get("availability", ())]
        if not stretches and key not in changed:
            continue
        stand_id = known.id if known else None
        grid = regrid(
            grids.slots.get(stand_id or 0, ()),
            grids.places.get(stand_id or 0, ()),
            spans(stretches, beat),
            capacity=values["capacity"],
            now=now,
            busy=busy,
            may_move=False,
            keep_lost=keep,
        )
        if grid.changes:
            found.append(StandSlots(key, str(values["name"]), stand_id, values["capacity"], grid))
    return found
