"""What a stand thinks, before the timetable, of those who wish for it: whom it would like to meet, and whom not."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events, policy
from jobdating.domain.errors import NotFound
from jobdating.domain.policy import Actor
from jobdating.services import rows

FAVOURITES = 20


class Opinion(StrEnum):
    """`first` puts a candidate before the other favourites, `like` after them; `none` takes the opinion back."""

    FIRST = "first"
    LIKE = "like"
    REFUSE = "refuse"
    NONE = "none"


def give(tx: Connection, actor: Actor, *, stand_id: int, candidate_id: int, opinion: Opinion, now: datetime) -> None:
    """Say it of somebody who wishes for the stand; what was said before no longer holds. Raises NotFound."""
    stand = rows.lock_stand(tx, stand_id)
    policy.ensure_staff(actor, stand_id=stand_id, fair_id=stand.fair_id)
    wish = (t.wishes.c.stand_id == stand_id, t.wishes.c.candidate_id == candidate_id)
    if tx.execute(select(t.wishes.c.rank).where(*wish)).first() is None:
        raise NotFound(what="wish")
    o = t.opinions.c
    liked = list(
        tx.execute(
            select(o.candidate_id).where(o.stand_id == stand_id, ~o.refused).order_by(o.rank, o.candidate_id)
        ).scalars()
    )
    others = [each for each in liked if each != candidate_id]
    ranked = {Opinion.FIRST: [candidate_id, *others], Opinion.LIKE: [*others, candidate_id]}.get(opinion, others)
    mine = o.stand_id == stand_id
    tx.execute(delete(t.opinions).where(mine, ~o.refused))
    tx.execute(delete(t.opinions).where(mine, o.candidate_id == candidate_id))
    values = [
        {"stand_id": stand_id, "candidate_id": each, "rank": rank, "refused": False, "given_at": now}
        for rank, each in enumerate(ranked[:FAVOURITES], 1)
    ]
    if opinion is Opinion.REFUSE:
        refusal = {"stand_id": stand_id, "candidate_id": candidate_id, "rank": None, "refused": True, "given_at": now}
        values.append(refusal)
    if values:
        tx.execute(insert(t.opinions), values)
    event = events.OpinionGiven(fair_id=stand.fair_id, stand_id=stand_id, candidate_id=candidate_id)
    journal.append(tx, event, at=now, by=actor.account_id)
