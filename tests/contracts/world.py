"""A small fair on its first morning, with somebody in every situation: what each action is tried on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from jobdating.db import tables as t
from jobdating.domain import events, topics
from jobdating.domain.policy import Actor
from jobdating.services import booking, timekeeper
from tests import factories
from tests.factories import BEFORE, MORNING

LIVE = MORNING + timedelta(minutes=20)  # the moment of most actions


@dataclass
class World:
    """Ids and people. `now` is the moment of the next step."""

    fair_id: int
    site_id: int
    stand: int  # two recruiters' words: this one acts
    colleague: int  # of the same company
    full: int  # one slot, taken
    slots: list[int]
    other_slots: list[int]
    full_slot: int
    recruiter: Actor
    organiser: Actor
    candidates: list[Actor]
    bookings: list[int]  # of the first three candidates at `stand`, in the order of its slots
    now: datetime = LIVE
    notes: dict[str, Any] = field(default_factory=dict)

    def candidate(self, number: int) -> int:
        return self.candidates[number].candidates[self.fair_id]

    def topics(self) -> list[str]:
        """Everything that somebody can watch here."""
        named = [topics.fair(self.fair_id), topics.organisers(self.fair_id), topics.candidates(self.fair_id), "demo:1"]
        for stand in (self.stand, self.colleague, self.full):
            named += [
                topics.stand(stand),
                topics.staff(stand),
                topics.stand_lead(stand),
                topics.stand_organisers(stand),
            ]
        return named + [topics.candidate(self.candidate(number)) for number in range(len(self.candidates))]


Step = Callable[[Connection, World], Any]


def steps(*each: Step) -> Step:
    """One after the other."""

    def act(tx: Connection, world: World) -> None:
        for step in each:
            step(tx, world)

    return act


@dataclass(frozen=True)
class Scenario:
    """Something that happens: `before` leads up to it, `act` is it, `kinds` are what the journal must say of it."""

    name: str
    kinds: tuple[type[events.Event], ...]
    act: Step
    before: Step | None = None


def make_world(tx: Connection) -> World:
    """As it is at 9:20 on the first day: everybody booked before, nobody has moved yet."""
    fair_id = factories.make_fair(tx, contact_phone="+33639985501")
    site_id = tx.execute(t.sites.insert().values(fair_id=fair_id, name="Caen").returning(t.sites.c.id)).scalar_one()
    company_id = factories.make_company(tx, fair_id)
    stand = factories.make_stand(tx, fair_id, company_id=company_id, site_id=site_id)
    colleague = factories.make_stand(tx, fair_id, company_id=company_id)
    full = factories.make_stand(tx, fair_id)
    tx.execute(t.offers.insert().values(company_id=company_id, title="Soudeur·euse", trade="Soudage", level="bac pro"))
    world = World(
        fair_id,
        site_id,
        stand,
        colleague,
        full,
        factories.make_slots(tx, stand, count=10),
        factories.make_slots(tx, colleague, count=8),
        factories.make_slots(tx, full, count=1, start=MORNING + timedelta(hours=7))[0],
        factories.make_recruiter(tx, stand, lead=True),
        factories.make_organiser(tx, fair_id),
        [factories.make_candidate(tx, fair_id, site_id=site_id) for _ in range(6)],
        [],
    )
    world.recruiter = Actor(
        world.recruiter.account_id,
        stands=frozenset({stand, colleague}),
        companies=frozenset({company_id}),
        led=frozenset({stand, colleague}),
    )
    for number in range(3):
        made = booking.book(tx, world.candidates[number], slot_id=world.slots[number + 1], now=BEFORE)
        world.bookings.append(made.id)
    booking.book(tx, world.candidates[3], slot_id=world.full_slot, now=BEFORE)
    # The first candidate also has an interview elsewhere: their other stands see where they are.
    booking.book(tx, world.candidates[0], slot_id=world.other_slots[6], now=BEFORE)
    timekeeper.keep(tx, now=LIVE)
    return world
