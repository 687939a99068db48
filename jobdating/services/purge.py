"""Erases the people of a fair that is long over: notes, files and accounts go, what is counted stays.

Candidates and recruiters whom no other fair needs are forgotten; organisers and administrators stay, to read the counts.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, select

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events
from jobdating.domain.privacy import purge_day
from jobdating.services import erasure


def due(tx: Connection, *, now: datetime) -> tuple[int, ...]:
    """The fairs whose purge day has come and that were not purged yet. Only reads."""
    purged = set(tx.execute(select(t.meta.c.key).where(t.meta.c.key.startswith("purged:"))).scalars())
    fairs = tx.execute(select(t.fairs.c.id, t.fairs.c.last_day, t.fairs.c.timezone).order_by(t.fairs.c.id)).all()
    return tuple(
        fair.id
        for fair in fairs
        if _mark(fair.id) not in purged and now.astimezone(ZoneInfo(fair.timezone)).date() >= purge_day(fair.last_day)
    )


def purge(tx: Connection, *, fair_id: int, now: datetime) -> int:
    """Forget the people of the fair, for good; how many accounts were erased. Nothing happens before its day."""
    if fair_id not in due(tx, now=now):
        return 0
    mine = t.candidates.c.fair_id == fair_id
    candidate_ids = list(tx.execute(select(t.candidates.c.id).where(mine)).scalars())
    stands = select(t.stands.c.id).where(t.stands.c.fair_id == fair_id)
    people = select(t.candidates.c.account_id).where(mine)
    staff = select(t.recruiters.c.account_id).where(t.recruiters.c.stand_id.in_(stands))
    account_ids = set(tx.execute(people.union(staff)).scalars()) - _needed(tx, fair_id=fair_id)
    erasure.forget_candidates(tx, candidate_ids)
    tx.execute(delete(t.recruiters).where(t.recruiters.c.stand_id.in_(stands)))
    tx.execute(delete(t.uploads).where(t.uploads.c.fair_id == fair_id))
    erasure.forget_accounts(tx, sorted(account_ids))
    tx.execute(insert(t.meta).values(key=_mark(fair_id), value=now.isoformat()))
    for account_id in sorted(account_ids):
        journal.append(tx, events.RightsChanged(fair_id=None, account_id=account_id), at=now)
        journal.append(tx, events.AccountErased(fair_id=None, account_id=account_id), at=now)
    return len(account_ids)


def _needed(tx: Connection, *, fair_id: int) -> set[int]:
    """Accounts that have a part in something else: another fair that was not purged, or the keeping of any."""
    purged = [
        int(key.partition(":")[2])
        for key in tx.execute(select(t.meta.c.key).where(t.meta.c.key.startswith("purged:"))).scalars()
    ]
    over = [*purged, fair_id]
    elsewhere = select(t.candidates.c.account_id).where(t.candidates.c.fair_id.not_in(over))
    recruits = select(t.recruiters.c.account_id).join(t.stands).where(t.stands.c.fair_id.not_in(over))
    keeps = select(t.organisers.c.account_id)
    administers = select(t.accounts.c.id).where(t.accounts.c.administrator)
    return set(tx.execute(elsewhere.union(recruits, keeps, administers)).scalars())


def _mark(fair_id: int) -> str:
    return f"purged:{fair_id}"
