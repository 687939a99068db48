"""An imported fair is booked until no legal booking remains, with every rule checked by a model that shares no code.

The model below knows the rules from their description alone: it reads rows, never our domain. Whatever it allows the
service must grant; whatever it forbids the service must refuse for one of the model's own reasons; and at the end the
database must hold exactly what the model holds.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.db.engine import Database, path_of
from jobdating.domain.errors import DomainError
from jobdating.domain.policy import SYSTEM, Actor
from jobdating.exchange import importing
from jobdating.exchange.reading import Sheet, read, read_path
from jobdating.services import booking
from tests import factories as make
from tests.exchange import workbooks as books

NOW = make.BEFORE


@dataclass
class Person:
    id: int
    account_id: int
    trades: set[str] = field(default_factory=set)
    spans: list[tuple[datetime, datetime]] = field(default_factory=list)
    slots: set[int] = field(default_factory=set)


@dataclass
class Place:
    id: int
    stand: int
    start: datetime
    end: datetime
    left: int


class Model:
    """The rules of booking, said again in plain Python over plain rows."""

    def __init__(self, tx: Connection) -> None:
        fair = tx.execute(select(t.fairs)).one()
        self.fair: int = fair.id
        self.cap: int = fair.cap
        self.gap = timedelta(minutes=fair.gap_minutes)
        self.lead = timedelta(minutes=fair.lead_minutes)
        self.opens, self.closes = fair.opens_at, fair.closes_at
        self.stand_trades: dict[int, set[str]] = {row.id: set() for row in tx.execute(select(t.stands.c.id))}
        for row in tx.execute(select(t.stand_trades)):
            self.stand_trades[row.stand_id].add(row.trade)
        self.people = {row.id: Person(row.id, row.account_id) for row in tx.execute(select(t.candidates))}
        for row in tx.execute(select(t.candidate_trades)):
            self.people[row.candidate_id].trades.add(row.trade)
        self.places = {
            row.id: Place(row.id, row.stand_id, row.starts_at, row.ends_at, row.capacity)
            for row in tx.execute(select(t.slots))
        }

    def reasons(self, person: Person, place: Place) -> set[str]:
        """Every rule that forbids the booking; none when it is legal."""
        found = set()
        if place.left < 1:
            found.add("slot_taken")
        wanted = self.stand_trades[place.stand]
        if wanted and not wanted & person.trades:
            found.add("not_eligible")
        if len(person.spans) >= self.cap:
            found.add("limit_reached")
        for start, end in person.spans:
            if place.start < end and start < place.end:
                found.add("overlap")
            elif place.start < end + self.gap and start - self.gap < place.end:
                found.add("too_close")
        if not (self.opens <= NOW < self.closes) or NOW + self.lead > place.start:
            found.add("window_closed")
        return found

    def take(self, person: Person, place: Place) -> None:
        place.left -= 1
        person.spans.append((place.start, place.end))
        person.slots.add(place.id)

    def legal(self, person: Person, chance: random.Random) -> Place | None:
        """Any place the person may take, None when there is none in the whole fair."""
        if len(person.spans) >= self.cap:
            return None
        free = [place for place in self.places.values() if place.left]
        at = chance.randrange(len(free)) if free else 0
        turned = free[at:] + free[:at]
        return next((place for place in turned if not self.reasons(person, place)), None)


async def ask(db: Database, model: Model, person: Person, place: Place) -> str:
    """What the service answers: "booked" or the code of its refusal."""
    actor = Actor(person.account_id, candidates={model.fair: person.id})
    try:
        await db.write(booking.book, actor, slot_id=place.id, now=NOW)
    except DomainError as refusal:
        return refusal.code
    return "booked"


async def fill(db: Database, model: Model, chance: random.Random) -> int:
    """Book until nobody can; on the way, try what is not legal as well. The number of bookings made."""
    made = 0
    ready = list(model.people.values())
    places = list(model.places.values())
    while ready:
        chance.shuffle(ready)
        still = []
        for person in ready:
            if chance.random() < 0.25:
                await refused(db, model, person, chance.choice(places))
            place = model.legal(person, chance)
            if place is None:
                continue
            assert await ask(db, model, person, place) == "booked"
            model.take(person, place)
            made += 1
            still.append(person)
        ready = still
    return made


async def refused(db: Database, model: Model, person: Person, place: Place) -> None:
    """Where the model forbids a booking, the service refuses it for one of the model's reasons."""
    reasons = model.reasons(person, place)
    if reasons and place.id not in person.slots:
        assert await ask(db, model, person, place) in reasons


def live(tx: Connection) -> list[Any]:
    return list(tx.execute(select(t.bookings).where(t.bookings.c.state != "cancelled")))


def sheets(*, small: bool) -> list[Sheet]:
    """The training centre's own fair where it is at hand, else one of its shape."""
    own = [] if small else books.shared("juin-2027")
    if own:
        return read_path(own[0])
    size = {"companies": 10, "candidates": 40} if small else {"companies": 60, "candidates": 500}
    return read({"essai.xlsx": books.as_xlsx(books.fair(**size))})


async def test_an_imported_fair_is_booked_until_nothing_legal_remains(db: Database) -> None:
    small = path_of(db.url) is None  # PostgreSQL plays the same with fewer people
    await importing.carry_out(db, SYSTEM, sheets(small=small), slug=None, now=NOW)
    model, chance = await db.read(Model), random.Random(2027)
    made = await fill(db, model, chance)
    assert made > len(model.people)
    assert not any(model.legal(person, chance) for person in model.people.values())
    rows = await db.read(live)
    assert len(rows) == made
    by_person: dict[int, list[Any]] = {}
    for row in rows:
        by_person.setdefault(row.candidate_id, []).append(row)
    assert {row.slot_id for row in rows} == {slot for person in model.people.values() for slot in person.slots}
    assert len({(row.slot_id, row.seat) for row in rows}) == made
    for mine in by_person.values():
        mine.sort(key=lambda row: row.starts_at)
        assert len(mine) <= model.cap
        assert all(b.starts_at - a.ends_at >= model.gap for a, b in zip(mine, mine[1:], strict=False))
