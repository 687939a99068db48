"""What happens by chance: people book, move, cancel, wait for a place, join a line. Chosen from the seed, by rates."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, func, select, text

from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.domain.states import LIVE, BookingState, SlotState
from jobdating.services import booking, queue, waitlist
from jobdating.simulation.fair import Cast
from jobdating.simulation.people import Player
from jobdating.simulation.roles import Act

PEOPLE = 500
# Each so many times in a minute of a fair of as many candidates, by day.
BOOKS, MOVES, CANCELS, WAITS, WALKS_IN = 0.6, 0.15, 0.4, 0.1, 0.9
_LIVE = [state.value for state in sorted(LIVE)]


@dataclass(frozen=True)
class _Habit:
    act: Any
    often: float
    live: bool = False  # only while stands are open


class Life:
    """Draws what happens between two looks at the clock."""

    def __init__(self, cast: Cast, *, seed: int) -> None:
        self._cast = cast
        self._random = Random(f"{seed}:life")
        self._last: datetime | None = None
        self._habits = (
            _Habit(book_somewhere, BOOKS),
            _Habit(move_away, MOVES),
            _Habit(change_mind, CANCELS),
            _Habit(wait_somewhere, WAITS),
            _Habit(walk_in, WALKS_IN, live=True),
        )

    def acts(self, now: datetime, *, spared: Set[int]) -> Iterator[Act]:
        """What happened since the last call; after a long silence, not all at once."""
        since, self._last = self._last or now, now
        minutes = min((now - since) / timedelta(minutes=1), 5.0)
        setting = self._cast.setting
        is_open = setting.opens_at <= now < setting.closes_at
        hour = now.astimezone(setting.zone).hour
        often = minutes * (1.0 if 8 <= hour < 20 else 0.05) * len(self._cast.candidates) / PEOPLE
        for habit in self._habits:
            if setting.half_of(now) is None if habit.live else not is_open:
                continue
            expected = often * habit.often
            for _ in range(int(expected) + (self._random.random() < expected % 1)):
                player = self._random.choice(self._cast.candidates)
                if player.id not in spared:
                    arguments = {"player": player, "cast": self._cast, "seed": self._random.getrandbits(32)}
                    yield Act(habit.act, player.actor, arguments)


def book_somewhere(tx: Connection, actor: Actor, *, player: Player, cast: Cast, seed: int, now: datetime) -> None:
    """A candidate takes a free place that suits them, at a stand where they have none."""
    random = Random(seed)
    suits = [place.id for place in cast.stands if place.trades & player.trades]
    free = _free_slots(tx, suits, now=now)
    there = _stands_of(tx, player.id)
    free = [row for row in free if row.stand_id not in there]
    if free:
        booking.book(tx, actor, slot_id=random.choice(free).id, now=now)


def move_away(tx: Connection, actor: Actor, *, player: Player, cast: Cast, seed: int, now: datetime) -> None:
    """A candidate changes to another time of the same stand."""
    mine = _bookings_of(tx, player.id, after=now + timedelta(hours=1))
    if not mine:
        return
    random = Random(seed)
    row = random.choice(mine)
    free = _free_slots(tx, [row.stand_id], now=now)
    if free:
        booking.move(tx, actor, booking_id=row.id, slot_id=random.choice(free).id, now=now)


def change_mind(tx: Connection, actor: Actor, *, player: Player, cast: Cast, seed: int, now: datetime) -> None:
    """A candidate gives a place back, some hours or days before."""
    mine = _bookings_of(tx, player.id, after=now + timedelta(minutes=40))
    if len(mine) > 1:
        booking.cancel(tx, actor, booking_id=Random(seed).choice(mine).id, now=now)


def wait_somewhere(tx: Connection, actor: Actor, *, player: Player, cast: Cast, seed: int, now: datetime) -> None:
    """A candidate waits for a place at a stand that has none."""
    there = _stands_of(tx, player.id)
    suits = [place.id for place in cast.stands if place.trades & player.trades and place.id not in there]
    open_stands = {row.stand_id for row in _free_slots(tx, suits, now=now)}
    full = [stand for stand in suits if stand not in open_stands]
    if full:
        waitlist.join(tx, actor, stand_id=Random(seed).choice(full), now=now)


def walk_in(tx: Connection, actor: Actor, *, player: Player, cast: Cast, seed: int, now: datetime) -> None:
    """A candidate who is about joins the line of a stand that takes people without appointment."""
    there = _stands_of(tx, player.id)
    suits = [
        place.id
        for place in cast.stands
        if place.takes_walk_ins
        and place.trades & player.trades
        and place.id not in there
        and cast.setting.half_of(now) in place.half_days
    ]
    soon = tx.execute(
        select(t.bookings.c.id).where(
            t.bookings.c.candidate_id == player.id,
            t.bookings.c.state.in_(_LIVE),
            t.bookings.c.queued_at.between(now - timedelta(minutes=40), now + timedelta(minutes=40)),
        )
    ).first()
    if suits and soon is None:
        queue.join(tx, actor, stand_id=Random(seed).choice(suits), now=now)


def _free_slots(tx: Connection, stand_ids: list[int], *, now: datetime) -> list[Any]:
    taken = (
        select(func.count())
        .select_from(t.bookings)
        .where(
            t.bookings.c.slot_id == t.slots.c.id, text(t.one_of("bookings.state", LIVE))
        )  # spelled out: for its index
        .scalar_subquery()
    )
    return list(
        tx.execute(
            select(t.slots.c.id, t.slots.c.stand_id)
            .where(
                t.slots.c.stand_id.in_(stand_ids),
                t.slots.c.state == SlotState.OPEN.value,
                t.slots.c.starts_at > now + timedelta(minutes=30),
                taken < t.slots.c.capacity,
            )
            .order_by(t.slots.c.id)
        )
    )


def _stands_of(tx: Connection, candidate_id: int) -> set[int]:
    """Where the candidate has, or has had, an interview."""
    return set(tx.execute(select(t.bookings.c.stand_id).where(t.bookings.c.candidate_id == candidate_id)).scalars())


def _bookings_of(tx: Connection, candidate_id: int, *, after: datetime) -> list[Any]:
    return list(
        tx.execute(
            select(t.bookings.c.id, t.bookings.c.stand_id)
            .where(
                t.bookings.c.candidate_id == candidate_id,
                t.bookings.c.state == BookingState.BOOKED.value,
                t.bookings.c.starts_at > after,
            )
            .order_by(t.bookings.c.id)
        )
    )
