"""The announcements a candidate was told: to all, to their site, or to a stand in whose line they were."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from jobdating.db import tables as t


@dataclass(frozen=True)
class Announcement:
    """What was said; `stand` or `site` name whom it was for, both "" for everybody."""

    id: int
    text: str
    sent_at: datetime
    stand: str
    site: str


@dataclass(frozen=True)
class Told:
    """A candidate's announcements, the latest first."""

    fair_id: int
    candidate_id: int
    told: tuple[Announcement, ...]


def announcements(tx: Connection, candidate_id: int) -> Told | None:
    """What the candidate was told, or None when there is no such candidate. Two statements."""
    c, a, b, w = t.candidates.c, t.announcements.c, t.bookings.c, t.waitlist.c
    head = tx.execute(select(c.fair_id, c.site_id).where(c.id == candidate_id)).first()
    if head is None:
        return None
    # Whoever comes to a stand later has not been told what was said to those who waited there before.
    in_line = select(b.id).where(b.stand_id == a.stand_id, b.candidate_id == candidate_id, b.made_at <= a.sent_at)
    on_waitlist = select(w.id).where(w.stand_id == a.stand_id, w.candidate_id == candidate_id, w.joined_at <= a.sent_at)
    rows = tx.execute(
        select(
            a.id,
            a.text,
            a.sent_at,
            func.coalesce(t.stands.c.name, "").label("stand"),
            func.coalesce(t.sites.c.name, "").label("site"),
        )
        .select_from(
            t.announcements.outerjoin(t.stands, t.stands.c.id == a.stand_id).outerjoin(
                t.sites, t.sites.c.id == a.site_id
            )
        )
        .where(
            a.fair_id == head.fair_id,
            or_(a.site_id.is_(None), a.site_id == head.site_id),
            or_(a.stand_id.is_(None), in_line.exists(), on_waitlist.exists()),
        )
        .order_by(a.sent_at.desc(), a.id.desc())
        .limit(20)
    )
    return Told(head.fair_id, candidate_id, tuple(Announcement(**row._asdict()) for row in rows))
