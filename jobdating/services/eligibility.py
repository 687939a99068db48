"""Marks again which wishes are eligible, when the trades of stands or candidates have changed."""

from collections.abc import Collection

from sqlalchemy import Connection, and_, exists, or_, select, update

from jobdating.db import tables as t

_NO_TRADES = ~exists(select(t.stand_trades.c.trade).where(t.stand_trades.c.stand_id == t.wishes.c.stand_id))
_SHARED = exists(
    select(t.stand_trades.c.trade)
    .join(t.candidate_trades, t.candidate_trades.c.trade == t.stand_trades.c.trade)
    .where(
        and_(
            t.stand_trades.c.stand_id == t.wishes.c.stand_id,
            t.candidate_trades.c.candidate_id == t.wishes.c.candidate_id,
        )
    )
)


def refresh(tx: Connection, *, stand_ids: Collection[int] = (), candidate_ids: Collection[int] = ()) -> None:
    """Bring the marks of these stands' and candidates' wishes up to date: a trade in common, or a stand without any."""
    chosen = or_(t.wishes.c.stand_id.in_(stand_ids), t.wishes.c.candidate_id.in_(candidate_ids))
    if stand_ids or candidate_ids:
        tx.execute(update(t.wishes).where(chosen).values(eligible=or_(_NO_TRADES, _SHARED)))
