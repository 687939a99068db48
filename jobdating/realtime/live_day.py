"""Carries out what is due on a fair's live day: one read, and a short write for each thing found. For the timekeeper."""

from datetime import datetime

from jobdating.db.engine import Database
from jobdating.queries.live_day import look
from jobdating.services import gaps, live_day


async def keep(db: Database, fair_id: int, *, now: datetime, gaps_alone: bool = False) -> None:
    """Tell whom to call, offer and withdraw gaps, warn of clashes, see what needs a hand; nothing outside its days."""
    found = await db.read(look, fair_id, now=now, gaps_alone=gaps_alone)
    if found is None:
        return
    for offer_id in found.gaps.expired:
        await db.write(gaps.expire, offer_id=offer_id, now=now)
    for stand_id in found.gaps.closing:
        await db.write(gaps.close, stand_id=stand_id, now=now)
    for plan in found.gaps.plans:
        await db.write(
            gaps.offer,
            stand_id=plan.stand_id,
            cause_id=plan.cause_id,
            candidate_ids=plan.candidate_ids,
            until=plan.until,
            answer_by=plan.answer_by,
            now=now,
        )
    if found.turned:
        await db.write(live_day.turn, fair_id=fair_id, stand_ids=found.turned, now=now)
    if found.clashes or found.gone:
        await db.write(live_day.clash, fair_id=fair_id, found=found.clashes, gone=found.gone, now=now)
    if found.troubled:
        await db.write(live_day.see_to, fair_id=fair_id, stand_ids=found.troubled, now=now)
