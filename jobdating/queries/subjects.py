"""What an interview is about, in the words of a candidate: the offer that fits, or the trades of the stand."""

from collections import defaultdict

from sqlalchemy import Connection, and_, select

from jobdating.db import tables as t


def subjects(tx: Connection, candidate_id: int, stand_ids: set[int]) -> dict[int, str]:
    """What each interview is about: an offer in a trade of both, or else the trades of the stand."""
    mine = set(
        tx.execute(
            select(t.candidate_trades.c.trade).where(t.candidate_trades.c.candidate_id == candidate_id)
        ).scalars()
    )
    rows = tx.execute(
        select(t.stand_trades.c.stand_id, t.stand_trades.c.trade, t.offers.c.title, t.offers.c.level)
        .join(t.stands, t.stands.c.id == t.stand_trades.c.stand_id)
        .outerjoin(
            t.offers, and_(t.offers.c.company_id == t.stands.c.company_id, t.offers.c.trade == t.stand_trades.c.trade)
        )
        .where(t.stand_trades.c.stand_id.in_(list(stand_ids)))
        .order_by(t.stand_trades.c.stand_id, t.stand_trades.c.trade, t.offers.c.id)
    ).all()
    found: dict[int, str] = defaultdict(str)
    for row in rows:
        if row.trade in mine and row.title and not found[row.stand_id]:
            found[row.stand_id] = f"{_in_a_sentence(row.title)} {_in_a_sentence(row.level)}".strip()
    for row in rows:
        if not found[row.stand_id]:
            trades = dict.fromkeys(each.trade for each in rows if each.stand_id == row.stand_id)
            found[row.stand_id] = ", ".join(map(_in_a_sentence, trades))
    return found


def _in_a_sentence(words: str) -> str:
    """ "Bac pro" is "bac pro" there, "CAP" stays."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words
