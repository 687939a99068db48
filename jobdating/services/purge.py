"""Erases the people of a fair that is long over: notes, files and accounts go, what is counted stays.

Candidates and recruiters whom no other fair needs are forgotten; organisers and administrators stay, to read the counts.
Who has agreed to be kept longer is forgotten on their own day, or as soon as they take it back.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events
from jobdating.domain.privacy import ConsentKind, purge_day
from jobdating.services import erasure


def due(tx: Connection, *, now: datetime) -> tuple[int, ...]:
    """The fairs whose purge day has come and that have somebody left to forget. Only reads."""
    purged = _purged(tx)
    fairs = tx.execute(select(t.fairs.c.id, t.fairs.c.last_day, t.fairs.c.timezone).order_by(t.fairs.c.id)).all()
    found = []
    for fair in fairs:
        today = now.astimezone(ZoneInfo(fair.timezone)).date()
        if today >= purge_day(fair.last_day) and (fair.id not in purged or _leaving(tx, fair.id, today)):
            found.append(fair.id)
    return tuple(found)


def purge(tx: Connection, *, fair_id: int, now: datetime) -> int:
    """Forget the people of the fair, for good; how many accounts were erased. Nothing happens before its day."""
    if fair_id not in due(tx, now=now):
        return 0
    zone = tx.execute(select(t.fairs.c.timezone).where(t.fairs.c.id == fair_id)).scalar_one()
    candidate_ids = _leaving(tx, fair_id, now.astimezone(ZoneInfo(zone)).date())
    stands = select(t.stands.c.id).where(t.stands.c.fair_id == fair_id)
    people = select(t.candidates.c.account_id).where(t.candidates.c.id.in_(candidate_ids))
    staff = select(t.recruiters.c.account_id).where(t.recruiters.c.stand_id.in_(stands))
    leaving = set(tx.execute(people.union(staff)).scalars())
    erasure.forget_candidates(tx, candidate_ids, now=now)
    tx.execute(delete(t.recruiters).where(t.recruiters.c.stand_id.in_(stands)))
    for table in (t.uploads, t.announcements):  # what was written to people may name some
        tx.execute(delete(table).where(table.c.fair_id == fair_id))
    account_ids = sorted(leaving - _needed(tx, fair_id=fair_id))
    erasure.forget_accounts(tx, account_ids)
    if fair_id not in _purged(tx):
        tx.execute(insert(t.meta).values(key=_mark(fair_id), value=now.isoformat()))
    for account_id in account_ids:
        journal.append(tx, events.RightsChanged(fair_id=None, account_id=account_id), at=now)
        journal.append(tx, events.AccountErased(fair_id=None, account_id=account_id), at=now)
    journal.append(tx, events.PeopleForgotten(fair_id=fair_id, count=len(account_ids)), at=now)
    return len(account_ids)


def _leaving(tx: Connection, fair_id: int, today: date) -> list[int]:
    """The candidates of a fair that is due who are not forgotten yet, but for those who want to be kept."""
    c = t.candidates.c
    here = (c.fair_id == fair_id) & c.forgotten_at.is_(None)
    return list(tx.execute(select(c.id).where(here, ~_kept(today)).order_by(c.id)).scalars())


def _kept(today: date) -> ColumnElement[bool]:
    """Whether a candidate wants to be kept beyond `today`, and has not taken it back."""
    k, c = t.consents.c, t.candidates.c
    return (
        select(k.id)
        .where(
            k.account_id == c.account_id,
            k.fair_id == c.fair_id,
            k.kind == ConsentKind.KEEPING.value,
            k.withdrawn_at.is_(None),
            k.until > today,
        )
        .exists()
    )


def _needed(tx: Connection, *, fair_id: int) -> set[int]:
    """Accounts that have a part in something else: as candidate or recruiter elsewhere, or as the keeper of any fair."""
    over = [*_purged(tx), fair_id]
    candidates = select(t.candidates.c.account_id).where(t.candidates.c.forgotten_at.is_(None))
    recruits = select(t.recruiters.c.account_id).join(t.stands).where(t.stands.c.fair_id.not_in(over))
    keeps = select(t.organisers.c.account_id)
    administers = select(t.accounts.c.id).where(t.accounts.c.administrator)
    return set(tx.execute(candidates.union(recruits, keeps, administers)).scalars())


def _purged(tx: Connection) -> set[int]:
    marks = tx.execute(select(t.meta.c.key).where(t.meta.c.key.startswith("purged:"))).scalars()
    return {int(key.partition(":")[2]) for key in marks}


def _mark(fair_id: int) -> str:
    return f"purged:{fair_id}"
