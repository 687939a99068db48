"""Sends an announcement: to all candidates of a fair, to those of a site, or to those who wait at a stand."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import errors, events, policy
from jobdating.domain.policy import Actor
from jobdating.domain.text import tidied
from jobdating.queries import watching
from jobdating.services import notices

LENGTH = 1_000


@dataclass(frozen=True)
class Announcement:
    """What was sent, and how many people it reaches."""

    id: int
    reached: int


def send(
    tx: Connection,
    actor: Actor,
    *,
    fair_id: int,
    text: str,
    stand_id: int | None = None,
    site_id: int | None = None,
    now: datetime,
) -> Announcement:
    """Show `text` on the candidates' planning, and mail it. Raises NotFound, and Invalid for what cannot be sent.

    Nobody is reached by an announcement to an empty line or site: that is refused, so that it is not believed sent.
    """
    if stand_id is None:
        policy.ensure_organiser(actor, fair_id=fair_id)
    else:  # a stand writes to those who wait for it, and to nobody else
        policy.ensure_staff(actor, stand_id=stand_id, fair_id=fair_id)
    text = tidied(text).strip()
    if not text or len(text) > LENGTH:
        raise errors.Invalid(fields={"text": "too_long" if text else "missing"})
    if stand_id is not None and site_id is not None:
        raise errors.Invalid(fields={"audience": "invalid"})
    _ensure_of_fair(tx, fair_id, stand_id, site_id)
    readers = watching.readers(tx, fair_id, stand_id=stand_id, site_id=site_id)
    if not readers:
        raise errors.Invalid(fields={"audience": "nobody"})
    announcement_id = tx.execute(
        insert(t.announcements)
        .values(
            fair_id=fair_id, stand_id=stand_id, site_id=site_id, text=text, sent_at=now, account_id=actor.account_id
        )
        .returning(t.announcements.c.id)
    ).scalar_one()  # fmt: skip
    notices.announced(tx, announcement_id, candidate_ids=readers, now=now)
    journal.append(
        tx,
        events.AnnouncementSent(
            fair_id=fair_id, announcement_id=announcement_id, stand_id=stand_id, site_id=site_id
        ),
        at=now,
        by=actor.account_id,
    )  # fmt: skip
    return Announcement(announcement_id, len(readers))


def _ensure_of_fair(tx: Connection, fair_id: int, stand_id: int | None, site_id: int | None) -> None:
    for table, row_id in ((t.stands, stand_id), (t.sites, site_id)):
        if row_id is not None:
            owner = tx.execute(select(table.c.fair_id).where(table.c.id == row_id)).scalar()
            if owner != fair_id:
                raise errors.NotFound(what=table.name)
