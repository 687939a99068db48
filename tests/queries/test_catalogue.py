"""What the lists of a fair find, in which order, and with how many statements."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.half_day import HalfDay
from jobdating.queries import catalogue, company, identity
from jobdating.queries.catalogue import Filters
from jobdating.queries.identity import Fair
from jobdating.services import booking
from tests import factories as make
from tests.queries.statements import counted

AFTERNOON = make.MORNING + timedelta(hours=5)


def offer(tx: Connection, company_id: int, title: str, trade: str, level: str, place: str = "Caen") -> None:
    tx.execute(
        t.offers.insert().values(company_id=company_id, title=title, trade=trade, level=level, place=place, posts=1)
    )


def training(tx: Connection, fair_id: int, title: str, trade: str, level: str, site: str) -> None:
    site_id = tx.execute(t.sites.insert().values(fair_id=fair_id, name=site).returning(t.sites.c.id)).scalar_one()
    values = {"fair_id": fair_id, "title": title, "trade": trade, "level": level}
    made = tx.execute(t.trainings.insert().values(**values).returning(t.trainings.c.id)).scalar_one()
    tx.execute(t.training_sites.insert().values(training_id=made, site_id=site_id))


def build(tx: Connection, stands: int = 3, slug: str = "juin") -> Fair:
    """Stands A to C: A is full, B has places on the first afternoon, C on the second morning."""
    fair_id = make.make_fair(tx, slug=slug)
    names = ["Tôlerie d’Auge", "Élan Soudure", "Ateliers Virois"][:stands]
    for number, name in enumerate(names):
        company_id = make.make_company(tx, fair_id, name=name, town=["Lisieux", "Caen", "Vire"][number])
        trades = [["Tôlerie"], ["Soudage"], ["Soudage", "Maintenance"]][number]
        stand = make.make_stand(tx, fair_id, company_id=company_id, name=name, trades=trades)
        start = [make.MORNING, AFTERNOON, make.MORNING + timedelta(days=1)][number]
        slots = make.make_slots(tx, stand, count=number + 1, start=start)
        offer(tx, company_id, "Soudeur·euse", trades[0], ["CAP", "Bac pro", "BTS"][number])
        if number == 0:
            candidate = make.make_candidate(tx, fair_id, trades=trades)
            booking.book(tx, candidate, slot_id=slots[0], now=make.BEFORE)
    training(tx, fair_id, "CAP Soudage", "Soudage", "CAP", "Caen")
    training(tx, fair_id, "Bac pro Soudage", "Soudage", "Bac pro", "Vire")
    fair = identity.fair(tx, slug)
    assert fair is not None
    return fair


def names(tx: Connection, fair: Fair, **filters: Any) -> list[str]:
    return [row.name for row in catalogue.stands(tx, fair, Filters(**filters), size=20).items]


async def test_stands_come_by_their_first_free_slot_and_full_ones_last(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = build(tx)
        found = catalogue.stands(tx, fair, Filters(), size=20)
        assert [(row.name, row.free) for row in found.items] == [
            ("Élan Soudure", 2),
            ("Ateliers Virois", 3),
            ("Tôlerie d’Auge", 0),
        ]
        assert found.choices.levels == ("CAP", "Bac pro", "BTS")

    await db.write(story)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"q": "TOLERIE"}, ["Tôlerie d’Auge"]),
        ({"q": "elan caen"}, ["Élan Soudure"]),
        ({"q": "soudeur"}, ["Élan Soudure", "Ateliers Virois", "Tôlerie d’Auge"]),
        ({"trade": "Maintenance"}, ["Ateliers Virois"]),
        ({"level": "CAP"}, ["Tôlerie d’Auge"]),
        ({"trade": "Soudage", "level": "BTS"}, ["Ateliers Virois"]),
        ({"place": "Vire"}, ["Ateliers Virois"]),
        ({"free": True}, ["Élan Soudure", "Ateliers Virois"]),
        ({"day": date(2027, 6, 17), "half": HalfDay.AFTERNOON}, ["Élan Soudure"]),
        ({"day": date(2027, 6, 18), "half": HalfDay.MORNING}, ["Ateliers Virois"]),
        ({"q": "chocolaterie"}, []),
    ],
)
async def test_what_is_asked_for_is_found(db: Database, filters: dict[str, Any], expected: list[str]) -> None:
    await db.write(lambda tx: _equal(names(tx, build(tx), **filters), expected))


def _equal(found: object, expected: object) -> None:
    assert found == expected


async def test_a_page_beyond_the_last_is_the_last(db: Database) -> None:
    def story(tx: Connection) -> None:
        found = catalogue.stands(tx, build(tx), Filters(page=99), size=2)
        assert (found.page, found.pages, found.total, len(found.items)) == (2, 2, 3, 1)

    await db.write(story)


async def test_places_that_start_too_soon_are_not_counted_as_free(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = build(tx)
        tx.execute(t.fairs.update().values(free_from=AFTERNOON + timedelta(minutes=1)))
        assert [(row.name, row.free) for row in catalogue.stands(tx, fair, Filters(free=True), size=9).items] == [
            ("Élan Soudure", 1),
            ("Ateliers Virois", 3),
        ]

    await db.write(story)


async def test_an_offer_leads_to_a_stand_that_looks_for_its_trade(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = build(tx)
        company_id = make.make_company(tx, fair.id, name="Zinc")
        make.make_stand(tx, fair.id, company_id=company_id, name="Zinc, usinage", trades=["Usinage"])
        make.make_stand(tx, fair.id, company_id=company_id, name="Zinc, forge", trades=["Forge"])
        offer(tx, company_id, "Forgeron·ne", "Forge", "CAP")
        [row] = catalogue.offers(tx, fair, Filters(trade="Forge"), size=9).items
        assert row.stand is not None and row.stand[1] == "Zinc, forge"

    await db.write(story)


async def test_a_training_counts_the_offers_of_its_trade_and_level(db: Database) -> None:
    def story(tx: Connection) -> None:
        rows = catalogue.trainings(tx, build(tx), Filters(trade="Soudage"), size=9).items
        assert [(row.title, row.offers, row.sites) for row in rows] == [
            ("CAP Soudage", 0, ("Caen",)),
            ("Bac pro Soudage", 1, ("Vire",)),
        ]

    await db.write(story)


async def test_a_company_of_another_fair_is_not_found(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = build(tx)
        foreign = make.make_company(tx, make.make_fair(tx))
        assert company.company(tx, foreign, fair_id=fair.id) is None

    await db.write(story)


@pytest.mark.parametrize("query", [catalogue.stands, catalogue.companies, catalogue.offers, catalogue.trainings])
async def test_a_list_takes_as_many_statements_for_three_as_for_one(db: Database, query: Callable[..., Any]) -> None:
    def story(tx: Connection) -> None:
        counts = []
        for stands in (1, 3):
            fair = build(tx, stands, slug=f"juin-{stands}")
            with counted(tx) as seen:
                query(tx, fair, Filters(), size=20)
            counts.append(len(seen))
        assert counts[0] == counts[1] > 2

    await db.write(story)
