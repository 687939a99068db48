"""A stand with a recruiter and candidates, on a running site: what realtime tests act upon."""

from dataclasses import dataclass

from sqlalchemy import Connection

from jobdating.db import journal
from jobdating.domain.policy import Actor
from jobdating.realtime.hub import Mailbox
from jobdating.services import booking
from tests import factories
from tests.eventually import eventually
from tests.site import Site


@dataclass(frozen=True)
class Scene:
    """Ids and people of one fair with one stand."""

    fair_id: int
    stand_id: int
    slots: list[int]
    recruiter: Actor
    organiser: Actor
    candidates: list[Actor]

    @property
    def staff(self) -> str:
        return f"stand:{self.stand_id}:staff"

    def candidate_id(self, number: int = 0) -> int:
        return self.candidates[number].candidates[self.fair_id]


def make_scene(tx: Connection, *, candidates: int = 2, slots: int = 12) -> Scene:
    fair_id = factories.make_fair(tx)
    stand_id = factories.make_stand(tx, fair_id)
    return Scene(
        fair_id,
        stand_id,
        factories.make_slots(tx, stand_id, count=slots),
        factories.make_recruiter(tx, stand_id),
        factories.make_organiser(tx, fair_id),
        [factories.make_candidate(tx, fair_id) for _ in range(candidates)],
    )


async def book(site: Site, scene: Scene, number: int = 0, slot: int = 0) -> int:
    """The candidate books the slot; the booking's id."""
    made = await site.db.write(booking.book, scene.candidates[number], slot_id=scene.slots[slot], now=site.clock.now())
    return made.id


async def head(site: Site) -> str:
    """The cursor of a page drawn now."""

    def read(tx: Connection) -> str:
        return f"{journal.epoch(tx)}.{journal.head(tx)}"

    return await site.db.read(read)


async def settled(site: Site) -> str:
    """Wait until the relay has handed out all that happened; the cursor."""
    cursor = await head(site)
    relay = site.app.state.house.relay
    with relay.following(Mailbox(frozenset(), "fr")):  # while nobody follows, the journal waits
        await eventually(lambda: relay.cursor == cursor)
    return cursor
