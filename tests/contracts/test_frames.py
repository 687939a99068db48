"""An old page with the frames that followed shows exactly what a fresh page shows, after everything that can happen."""

import difflib
from collections.abc import AsyncIterator
from contextlib import ExitStack

import pytest
from sqlalchemy import Connection

from jobdating.db import journal
from jobdating.db.engine import Database, open_database
from jobdating.domain import events, topics
from jobdating.realtime import relay as relays
from jobdating.realtime.hub import Mailbox
from jobdating.realtime.relay import Relay
from jobdating.rendering import catalogue, fragments
from tests.contracts import (
    scenarios_consent,
    scenarios_day,
    scenarios_fair,
    scenarios_identity,
    scenarios_line,
    scenarios_repair,
    scenarios_timetable,
)
from tests.contracts.dom import Element, parse, replace
from tests.contracts.world import Scenario, World, make_world
from tests.eventually import eventually

SCENARIOS = [
    *scenarios_consent.SCENARIOS,
    *scenarios_day.SCENARIOS,
    *scenarios_line.SCENARIOS,
    *scenarios_fair.SCENARIOS,
    *scenarios_identity.SCENARIOS,
    *scenarios_repair.SCENARIOS,
    *scenarios_timetable.SCENARIOS,
]

Page = dict[str, Element]  # what is on it, by element id


@pytest.fixture
async def db(sqlite_url: str) -> AsyncIterator[Database]:
    opened = open_database(sqlite_url)
    yield opened
    await opened.close()


@pytest.fixture
async def relay(db: Database) -> AsyncIterator[Relay]:
    async with relays.running(db) as running:
        yield running


def draw(tx: Connection, names: list[str]) -> tuple[str, dict[tuple[str, str], Page]]:
    """A page with everything of each topic in each language, and the cursor they were drawn at."""
    cursor = f"{journal.epoch(tx)}.{journal.head(tx)}"
    targets = fragments.watched(tx, names)
    rendered = fragments.render(tx, dict.fromkeys(targets, catalogue.LANGUAGES))
    assert len(rendered) == len(targets) * len(catalogue.LANGUAGES), "a fragment could not be rendered"
    pages: dict[tuple[str, str], Page] = {(name, language): {} for name in names for language in catalogue.LANGUAGES}
    for (target, language), html in rendered.items():
        if html is not None:
            element = pages[target.topic, language][target.element] = parse(html)
            assert element.id == target.element
    return cursor, pages


def patch(page: Page, mailbox: Mailbox) -> None:
    """Apply what the mailbox holds, as a browser would."""
    frame = mailbox.take()
    for target, html in (frame.patches if frame else {}).items():
        element = None if html is None else parse(html)
        if target.element in page:
            if element is None:
                del page[target.element]
            else:
                page[target.element] = element
        else:
            for root in page.values():
                if replace(root, target.element, element):
                    break


def spelled(page: Page) -> str:
    return "\n".join(page[name].text() for name in sorted(page))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
async def test_an_old_page_and_its_frames_show_what_a_fresh_page_shows(
    db: Database, relay: Relay, scenario: Scenario, caplog: pytest.LogCaptureFixture
) -> None:
    def prepare(tx: Connection) -> World:
        world = make_world(tx)
        if scenario.before:
            scenario.before(tx, world)
        return world

    world = await db.write(prepare)
    names = world.topics()
    with ExitStack() as stack:
        cursor, pages = await db.read(draw, names)
        mailboxes = {key: Mailbox(frozenset({key[0]}), key[1]) for key in pages}
        for mailbox in mailboxes.values():
            stack.enter_context(relay.following(mailbox))
            mailbox.pending = await relay.catch_up(mailbox, cursor)
        kinds = await happen(db, scenario, world)
        await drained(db, relay)
        _, fresh = await db.read(draw, names)
    for key, page in pages.items():
        patch(page, mailboxes[key])
    differing = [key for key, page in pages.items() if spelled(page) != spelled(fresh[key])]
    assert not differing, "\n".join([str(differing), *(_difference(pages[key], fresh[key]) for key in differing[::2])])
    assert set(scenario.kinds) <= kinds
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def happen(db: Database, scenario: Scenario, world: World) -> set[type[events.Event]]:
    """Let it happen; the kinds of events that were written."""
    before = await db.read(journal.head)
    await db.write(scenario.act, world)
    batch = await db.read(journal.since, before)
    return {type(entry.event) for entry in batch.entries}


async def drained(db: Database, relay: Relay) -> None:
    """Wait until the relay has handed out everything, overviews too."""
    head = await db.read(journal.head)
    await eventually(lambda: relay.position == head and relay.is_settled)


def _difference(old: Page, new: Page) -> str:
    lines = difflib.unified_diff(
        spelled(old).splitlines(), spelled(new).splitlines(), "old page + frames", "fresh page", n=2, lineterm=""
    )
    return "\n".join(list(lines)[:60])


def test_every_kind_of_event_has_a_scenario() -> None:
    tried = {kind.__name__ for scenario in SCENARIOS for kind in scenario.kinds}
    assert tried == set(events.KINDS)


def test_every_element_that_changes_can_be_rendered() -> None:
    named = {
        target.fragment
        for target in (
            topics.fair_room(1),
            topics.stand_row(1, 1),
            *topics.stand_page(1),
            topics.slot(1, 1),
            topics.planning(1),
            topics.commitments(1),
            topics.announcements(1),
            *topics.cockpit(1),
            topics.wall_row(1, 1),
            topics.led_stand(1),
            topics.stand_sheet(1),
            topics.wall_figures(1),
            topics.wall_trouble(1),
            topics.wall_attendance(1),
            topics.wish_outcomes(1),
            topics.wish_demand(1, 1),
            topics.demo_clock(),
        )
    }
    assert named == set(fragments.FRAGMENTS)


async def test_a_missing_touch_would_be_noticed(db: Database, relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control: with nothing touched, an old page and a fresh one must differ."""
    monkeypatch.setattr(topics, "touched", lambda event: frozenset())
    world = await db.write(make_world)
    _, old = await db.read(draw, [topics.staff(world.stand)])
    arrival = next(scenario for scenario in SCENARIOS if scenario.name == "a candidate says that they are there")
    await happen(db, arrival, world)
    with relay.following(Mailbox(frozenset({topics.staff(world.stand)}), "fr")):
        await drained(db, relay)
    _, fresh = await db.read(draw, [topics.staff(world.stand)])
    assert all(spelled(page) != spelled(fresh[key]) for key, page in old.items())
