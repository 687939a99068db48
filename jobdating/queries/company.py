"""A company's own page: what it says, its offers and its stands."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.queries.stand import Offer, offer
from jobdating.queries.stand_rows import StandRow, stand_rows


@dataclass(frozen=True)
class Company:
    """`website` is "" unless it is a plain web address."""

    id: int
    fair_id: int
    name: str
    town: str
    sector: str
    headcount: str
    website: str
    about: str
    offers: tuple[Offer, ...]
    stands: tuple[StandRow, ...]


def company(tx: Connection, company_id: int, *, fair_id: int) -> Company | None:
    """None for one that is not of this fair. Seven statements."""
    row = tx.execute(
        select(t.companies).where(t.companies.c.id == company_id, t.companies.c.fair_id == fair_id)
    ).first()
    if row is None:
        return None
    offers = tx.execute(select(t.offers).where(t.offers.c.company_id == company_id).order_by(t.offers.c.id))
    stands = tx.execute(select(t.stands.c.id).where(t.stands.c.company_id == company_id).order_by(t.stands.c.id))
    return Company(
        id=row.id,
        fair_id=row.fair_id,
        name=row.name,
        town=row.town,
        sector=row.sector,
        headcount=row.headcount,
        website=row.website if row.website.startswith(("https://", "http://")) else "",
        about=row.about,
        offers=tuple(offer(each) for each in offers),
        stands=tuple(stand_rows(tx, list(stands.scalars()))),
    )
