"""Names in the order in which people look for them, on both databases."""

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.db.ordering import by_name
from jobdating.domain.naming import fold
from tests.factories import make_fair, make_stand

NAMES = [
    "Ateliers de la Hague", "ateliers du Bessin", "Ateliers Virois", "Électricité de Bayeux", "Énergies d’Orne",
    "L'Aigle", "L’Orne", "Œuvres vives", "Outillage", "Zinguerie",
]  # fmt: skip


async def test_accents_case_and_apostrophes_do_not_count(db: Database) -> None:
    def ordered(tx: Connection) -> list[str]:
        fair = make_fair(tx)
        for name in sorted(NAMES):  # as bytes
            make_stand(tx, fair, name=name)
        return list(tx.execute(select(t.stands.c.name).order_by(by_name(t.stands.c.name))).scalars())

    assert await db.write(ordered) == NAMES == sorted(NAMES, key=fold) != sorted(NAMES)
