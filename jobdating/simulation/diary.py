"""Fills the simulated fair before it begins: bookings, confirmations and waitlists, all through the services."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, update

from jobdating.db import tables as t
from jobdating.domain.slots import Span
from jobdating.domain.states import StandKind
from jobdating.services import booking, waitlist
from jobdating.simulation.fair import CAP, DAYS, GAP, OPENS_AT, ZONE, Cast, Place
from jobdating.simulation.people import Player

FULL_STANDS = 7  # the most wanted: no place left, people wait for one
FILLED = {"full": 1.0, "today": 0.92, "later": 0.82, "meeting": 0.72}
SOON = timedelta(minutes=12)  # a visitor who becomes a candidate has at least this long to look around


@dataclass(frozen=True)
class Wanted:
    """A booking that somebody made at a moment."""

    made_at: datetime
    player: Player
    place: Place
    slot_id: int


@dataclass
class _Agenda:
    """What the bookings planned so far take of each person's time."""

    spans: dict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))
    stands: set[tuple[int, int]] = field(default_factory=set)

    def admits(self, player: Player, place: Place, span: Span, *, cap: int) -> bool:
        taken = self.spans[player.id]
        if len(taken) >= cap or (player.id, place.id) in self.stands:
            return False
        return not any(span.overlaps(Span(other.start - GAP, other.end + GAP)) for other in taken)

    def take(self, player: Player, place: Place, span: Span) -> None:
        self.spans[player.id].append(span)
        self.stands.add((player.id, place.id))


def fill(tx: Connection, cast: Cast, *, seed: int, at: datetime) -> int:
    """Book the fair as it is full at `at`: about 85 % of the places; how many bookings were made.

    Those of the first candidate leave room for more, and one of them is soon after `at` at the first stand.
    """
    random = Random(f"{seed}:diary")
    made = sorted(plan(cast, random, at=at), key=lambda wanted: (wanted.made_at, wanted.slot_id))
    for wanted in made:
        found = booking.book(tx, wanted.player.actor, slot_id=wanted.slot_id, now=wanted.made_at)
        if wanted.place.asks_confirmation and random.random() < 0.9:
            later = min(at, wanted.made_at + timedelta(hours=random.uniform(0.2, 20)))
            booking.confirm(tx, wanted.place.actor, booking_id=found.id, now=later)
    _wait(tx, cast, made, random, at=at)
    return len(made)


def forget_mail(tx: Connection, *, until: datetime) -> None:
    """Messages due by `until` count as sent: the demo begins there and nobody reads what came before."""
    tx.execute(
        update(t.outbox)
        .where(t.outbox.c.due_at <= until, t.outbox.c.sent_at.is_(None))
        .values(sent_at=t.outbox.c.due_at)
    )


def plan(cast: Cast, random: Random, *, at: datetime) -> Iterator[Wanted]:
    """Who books what, stand by stand; nobody twice at a stand, nobody more than they may."""
    agenda = _Agenda()
    visitor, *others = cast.candidates
    taken: dict[int, int] = defaultdict(int)
    for place, slot_id, span in _of_visitor(cast, at):
        agenda.take(visitor, place, span)
        taken[slot_id] += 1
        yield Wanted(_moment(random, at, span), visitor, place, slot_id)
    wanted_most = set(random.sample(range(1, len(cast.stands) - 3), FULL_STANDS))
    for number, place in enumerate(cast.stands):
        suits = [player for player in others if player.trades & place.trades]
        for slot_id, span, capacity in place.slots:
            share = _share(place, span, full=number in wanted_most, at=at)
            for _ in range(taken[slot_id], capacity):
                if random.random() < share and (player := _pick(suits, agenda, place, span, random)):
                    agenda.take(player, place, span)
                    yield Wanted(_moment(random, at, span), player, place, slot_id)


def _of_visitor(cast: Cast, at: datetime) -> Iterator[tuple[Place, int, Span]]:
    """Three interviews of the first candidate: the soonest at the first stand, then one later that day and one after."""
    first, player = cast.stands[0], cast.candidates[0]
    soonest = next(((id, span) for id, span, _ in first.slots if span.start >= at + SOON), None)
    if soonest is None:
        return
    yield first, *soonest
    suits = [p for p in cast.stands[1:] if p.trades & player.trades and p.kind is StandKind.INTERVIEW]
    earliest, left = soonest[1].start + timedelta(hours=2), 2
    for place in suits:
        found = next(((id, span) for id, span, _ in place.slots if span.start >= earliest), None)
        if found is not None and left:
            yield place, *found
            earliest, left = found[1].start + timedelta(hours=18), left - 1


def _share(place: Place, span: Span, *, full: bool, at: datetime) -> float:
    if place.kind is StandKind.MEETING:
        return FILLED["meeting"]
    if full:
        return FILLED["full"]
    today = at.astimezone(ZoneInfo(ZONE)).date() if at.astimezone(ZoneInfo(ZONE)).date() in DAYS else DAYS[0]
    return FILLED["today" if span.start.astimezone(ZoneInfo(ZONE)).date() == today else "later"]


def _pick(suits: Sequence[Player], agenda: _Agenda, place: Place, span: Span, random: Random) -> Player | None:
    """Of a few who could come, the one with the fewest interviews; of all when none of these can."""
    for some in (random.sample(suits, min(10, len(suits))), suits):
        free = [player for player in some if agenda.admits(player, place, span, cap=CAP)]
        if free:
            return min(free, key=lambda player: len(agenda.spans[player.id]))
    return None


def _moment(random: Random, at: datetime, span: Span) -> datetime:
    """When somebody booked a slot: any time since the opening, at least an hour before it and before now."""
    last = min(at, span.start) - timedelta(hours=1)
    return OPENS_AT + (last - OPENS_AT) * random.random()


def _wait(tx: Connection, cast: Cast, made: Sequence[Wanted], random: Random, *, at: datetime) -> None:
    """People who wait for a place at a stand that has none left."""
    there: dict[int, set[int]] = defaultdict(set)
    booked: dict[int, int] = defaultdict(int)
    for wanted in made:
        there[wanted.place.id].add(wanted.player.id)
        booked[wanted.place.id] += 1
    for place in cast.stands:
        if booked[place.id] < sum(capacity for _, _, capacity in place.slots):
            continue
        suits = [p for p in cast.candidates[1:] if p.trades & place.trades and p.id not in there[place.id]]
        for player in random.sample(suits, min(len(suits), random.randint(2, 7))):
            waitlist.join(tx, player.actor, stand_id=place.id, now=at - timedelta(hours=random.uniform(1, 200)))
