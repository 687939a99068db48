"""Who plays in a rehearsal: the fair's own stands and candidates, and as many invented people as it takes to fill it.

The copy is written directly here, as an import does: nothing has begun that a service would guard.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, insert, select

from jobdating.db import tables as t
from jobdating.domain.errors import DomainError
from jobdating.domain.policy import Actor
from jobdating.domain.slots import Span
from jobdating.domain.states import LIVE, SlotState, StandKind
from jobdating.services import booking
from jobdating.simulation.fair import Cast, Place
from jobdating.simulation.people import Player, insert_many
from jobdating.simulation.setting import Setting

EACH = 3  # interviews that an invented person comes for
TRIES = 12  # people who are asked for a place before it is left free


def cast_of(tx: Connection, fair_id: int) -> Cast:
    """Everybody in the fair, as the crowd knows them. Closed stands are left out."""
    fair = tx.execute(select(t.fairs).where(t.fairs.c.id == fair_id)).one()
    setting = Setting(
        fair.first_day,
        fair.last_day,
        tuple((opens, closes) for opens, closes in fair.hours),
        fair.timezone,
        timedelta(minutes=fair.interview_minutes),
        fair.opens_at,
        fair.closes_at,
    )
    return Cast(fair_id, _candidates(tx, fair_id), _stands(tx, fair_id, setting), (organiser_of(fair_id),), setting)


def organiser_of(fair_id: int) -> Actor:
    return Actor(None, fairs=frozenset({fair_id}))


def invent(tx: Connection, fair_id: int, *, people: int, seed: int, now: datetime) -> None:
    """Add candidates with the trades that the stands look for, in their proportions."""
    random = Random(f"{seed}:people")
    stands = select(t.stands.c.id).where(t.stands.c.fair_id == fair_id, ~t.stands.c.closed)
    wanted = list(
        tx.execute(
            select(t.stand_trades.c.trade)
            .where(t.stand_trades.c.stand_id.in_(stands))
            .order_by(t.stand_trades.c.stand_id, t.stand_trades.c.trade)
        ).scalars()
    )
    accounts = insert_many(
        tx,
        t.accounts,
        [{"email": f"invented-{number}@rehearsal.invalid", "created_at": now} for number in range(people)],
    )
    ids = insert_many(
        tx,
        t.candidates,
        [{"fair_id": fair_id, "account_id": account, "registered_at": now} for account in accounts],
    )
    trades = [
        {"candidate_id": one, "trade": trade}
        for one in ids
        for trade in sorted({random.choice(wanted) for _ in range(random.randint(1, 3))} if wanted else ())
    ]
    if trades:
        tx.execute(insert(t.candidate_trades), trades)


def book_up(tx: Connection, cast: Cast, *, share: float, seed: int, now: datetime) -> int:
    """Book free places, through the service, until `share` of each stand's are taken; how many bookings were made.

    What a stand has more of stays.
    """
    random = Random(f"{seed}:bookings")
    taken = _taken(tx, cast.fair_id)
    busy = _busy(tx, cast.fair_id)
    made = 0
    for place in cast.stands:
        total = sum(capacity for _, _, capacity in place.slots)
        missing = round(share * total) - sum(taken[slot_id] for slot_id, _, _ in place.slots)
        suits = [player for player in cast.candidates if player.trades & place.trades] or list(cast.candidates)
        free = [slot for slot in place.slots for _ in range(slot[2] - taken[slot[0]])]
        for slot_id, span, _ in random.sample(free, max(0, min(missing, len(free)))):
            player = _pick(random, suits, busy, place, span, cast.setting)
            if player is None:
                continue
            try:
                booking.book(tx, cast.organisers[0], slot_id=slot_id, candidate_id=player.id, now=now)
            except DomainError:
                continue
            busy[player.id].append((place.id, span))
            made += 1
    return made


def _pick(
    random: Random,
    suits: Sequence[Player],
    busy: dict[int, list[tuple[int, Span]]],
    place: Place,
    span: Span,
    setting: Setting,
) -> Player | None:
    """Of a few who could come, the one with the fewest interviews."""
    asked = random.sample(suits, min(TRIES, len(suits)))
    around = Span(span.start - setting.interview, span.end + setting.interview)
    free = [
        player
        for player in asked
        if not any(stand == place.id or around.overlaps(other) for stand, other in busy[player.id])
    ]
    return min(free, key=lambda player: len(busy[player.id]), default=None)


def _taken(tx: Connection, fair_id: int) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for row in _live(tx, fair_id):
        found[row.slot_id] += 1
    return found


def _busy(tx: Connection, fair_id: int) -> dict[int, list[tuple[int, Span]]]:
    found: dict[int, list[tuple[int, Span]]] = defaultdict(list)
    for row in _live(tx, fair_id):
        found[row.candidate_id].append((row.stand_id, Span(row.starts_at, row.ends_at)))
    return found


def _live(tx: Connection, fair_id: int) -> Iterator[Any]:
    yield from tx.execute(
        select(
            t.bookings.c.slot_id,
            t.bookings.c.stand_id,
            t.bookings.c.candidate_id,
            t.bookings.c.starts_at,
            t.bookings.c.ends_at,
        ).where(
            t.bookings.c.fair_id == fair_id,
            t.bookings.c.slot_id.is_not(None),
            t.bookings.c.state.in_([state.value for state in sorted(LIVE)]),
        )
    )


def _candidates(tx: Connection, fair_id: int) -> tuple[Player, ...]:
    trades: dict[int, set[str]] = defaultdict(set)
    mine = t.candidates.c.fair_id == fair_id
    for row in tx.execute(select(t.candidate_trades).join(t.candidates).where(mine)):
        trades[row.candidate_id].add(row.trade)
    people = tx.execute(select(t.candidates.c.id, t.candidates.c.account_id).where(mine).order_by(t.candidates.c.id))
    return tuple(
        Player(row.id, Actor(row.account_id, candidates={fair_id: row.id}), frozenset(trades[row.id])) for row in people
    )


def _stands(tx: Connection, fair_id: int, setting: Setting) -> tuple[Place, ...]:
    of_fair = t.stands.c.fair_id == fair_id
    trades: dict[int, set[str]] = defaultdict(set)
    for row in tx.execute(select(t.stand_trades).join(t.stands).where(of_fair)):
        trades[row.stand_id].add(row.trade)
    slots: dict[int, list[tuple[int, Span, int]]] = defaultdict(list)
    is_open = t.slots.c.state == SlotState.OPEN.value
    for row in tx.execute(select(t.slots).join(t.stands).where(of_fair, is_open).order_by(t.slots.c.starts_at)):
        slots[row.stand_id].append((row.id, Span(row.starts_at, row.ends_at), row.capacity))
    stands = tx.execute(select(t.stands).where(of_fair, ~t.stands.c.closed).order_by(t.stands.c.id)).all()
    return tuple(
        Place(
            row.id,
            StandKind(row.kind),
            row.capacity,
            frozenset(trades[row.id]),
            row.asks_confirmation,
            row.takes_walk_ins,
            Actor(None, stands=frozenset({row.id})),
            tuple(slots[row.id]),
            setting,
        )
        for row in stands
    )
