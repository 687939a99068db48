"""Carries out what is due on a fair's live day: one read, and a short write for each thing found. For the timekeeper."""

from datetime import datetime

from jobdating.db.engine import Database
from jobdating.queries.live_day import look
from jobdating.services import live_day


async def keep(db: Database, fair_id: int, *, now: datetime, gaps_alone: bool = False) -> None:
    """Tell whom to call, offer and withdraw gaps, warn of clashes, see what needs a hand; nothing outside its days."""
    found = await db.read(look, fair_id, now=now, gaps_alone=gaps_alone)
    if found is None:
        return
    for service, arguments in live_day.due(fair_id, found):
        await db.write(service, **arguments, now=now)
