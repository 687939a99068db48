"""Who wishes for a stand, as the stand may know them before the timetable: first names only, with its own opinion."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from jobdating.db import tables as t
from jobdating.queries.interviews import short_name, trades_of


@dataclass(frozen=True)
class Wisher:
    """`rank` is what the stand is to them; `favourite` and `refused` what they are to the stand."""

    candidate_id: int
    name: str
    level: str
    trades: tuple[str, ...]
    age_band: str
    site: str
    rank: int
    eligible: bool
    favourite: int | None
    refused: bool


def wishers(tx: Connection, stand_id: int) -> list[Wisher]:
    """Favourites first, then by the rank of their wish; who was refused last. Two statements."""
    w, o, c = t.wishes.c, t.opinions.c, t.candidates.c
    rows = tx.execute(
        select(
            c.id,
            c.level,
            c.age_band,
            t.accounts.c.first_name,
            t.accounts.c.last_name,
            func.coalesce(t.sites.c.name, "").label("site"),
            w.rank,
            w.eligible,
            o.rank.label("favourite"),
            func.coalesce(o.refused, False).label("refused"),
        )
        .select_from(t.wishes)
        .join(t.candidates, c.id == w.candidate_id)
        .join(t.accounts, t.accounts.c.id == c.account_id)
        .outerjoin(t.sites, t.sites.c.id == c.site_id)
        .outerjoin(t.opinions, and_(o.stand_id == w.stand_id, o.candidate_id == w.candidate_id))
        .where(w.stand_id == stand_id)
        .order_by(func.coalesce(o.refused, False), o.rank.is_(None), o.rank, ~w.eligible, w.rank, c.id)
    ).all()
    trades = trades_of(tx, [row.id for row in rows])
    return [
        Wisher(
            row.id,
            short_name(row),
            row.level,
            tuple(trades[row.id]),
            row.age_band,
            row.site,
            row.rank,
            bool(row.eligible),
            row.favourite,
            bool(row.refused),
        )
        for row in rows
    ]
