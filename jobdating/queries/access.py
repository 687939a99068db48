"""Who has seen what is held of a candidate, for the candidate: from the journal, where each reading is written."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Integer, and_, cast, or_, select

from jobdating.db import tables as t
from jobdating.domain import events


class What(StrEnum):
    """What was seen: the CV, the profile, what a stand noted; or taken away, in a file of many."""

    CV = "cv"
    PROFILE = "profile"
    NOTES = "notes"
    FILE = "file"


@dataclass(frozen=True)
class Reading:
    """The last time somebody saw it. `who` is "" for one who is forgotten, `stand` "" for an organiser."""

    at: datetime
    who: str
    stand: str
    what: What


_KINDS = {
    events.DocumentRead.__name__: What.CV,
    events.ProfileRead.__name__: What.PROFILE,
    events.NotesRead.__name__: What.NOTES,
    events.InterviewsExported.__name__: What.FILE,
    events.FairExported.__name__: What.FILE,
}
_OF_STAND = (events.NotesRead.__name__, events.InterviewsExported.__name__)


def readings(tx: Connection, candidate_id: int) -> tuple[Reading, ...]:
    """The last reading of each thing by each person, the latest first. Two statements.

    Notes and files of a stand count from the candidate's first interview there on; a file of the fair from their
    registration on.
    """
    c = t.candidates.c
    own = tx.execute(select(c.fair_id, c.registered_at, c.account_id).where(c.id == candidate_id)).one()
    j = t.journal.c
    stand_id = cast(j.data["stand_id"].as_integer(), Integer)
    b = t.bookings.c
    came = select(b.id).where(b.candidate_id == candidate_id, b.stand_id == stand_id, b.made_at <= j.at).exists()
    rows = tx.execute(
        select(
            j.at, j.kind, j.account_id, t.accounts.c.first_name, t.accounts.c.last_name,
            t.stands.c.name.label("stand"),
        )
        .outerjoin(t.accounts, t.accounts.c.id == j.account_id)
        .outerjoin(t.stands, t.stands.c.id == stand_id)
        .where(
            j.fair_id == own.fair_id,
            j.kind.in_(_KINDS),
            or_(
                j.data["candidate_id"].as_integer() == candidate_id,
                and_(j.kind.in_(_OF_STAND), came),
                and_(j.kind == events.FairExported.__name__, j.at >= own.registered_at),
            ),
        )
        .order_by(j.id)
    )  # fmt: skip
    latest = {
        (row.account_id, _KINDS[row.kind], row.stand): Reading(
            row.at, f"{row.first_name or ''} {row.last_name or ''}".strip(), row.stand or "", _KINDS[row.kind]
        )
        for row in rows
        if row.account_id != own.account_id
    }
    return tuple(sorted(latest.values(), key=lambda reading: reading.at, reverse=True))
