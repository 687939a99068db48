"""A candidate's CV: kept, replaced, deleted, and read by those who may, each reading by somebody else in the journal."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events, policy, text
from jobdating.domain.errors import Invalid, NotFound
from jobdating.domain.policy import Actor
from jobdating.domain.states import BookingState
from jobdating.services import rows

MAX_SIZE = 5_000_000  # bytes
_TAIL = 2048  # bytes at the end, where the mark of a whole PDF stands
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,16}%PDF-[12]\.\d")


@dataclass(frozen=True)
class Document:
    """A file as it was given."""

    filename: str
    content: bytes


def keep(tx: Connection, actor: Actor, *, candidate_id: int, document: Document, now: datetime) -> None:
    """Store the CV in place of the one before. Raises NotFound, Invalid ("missing", "not_pdf", "too_large")."""
    fair_id = rows.lock_candidate(tx, candidate_id)
    policy.ensure_own(actor, candidate_id=candidate_id, fair_id=fair_id)
    _ensure_pdf(document.content)
    values = {
        "filename": _filename(document.filename),
        "size": len(document.content),
        "content": document.content,
        "uploaded_at": now,
    }
    mine = t.documents.c.candidate_id == candidate_id
    if tx.execute(update(t.documents).where(mine).values(**values)).rowcount == 0:
        tx.execute(insert(t.documents).values(candidate_id=candidate_id, **values))
    _tell(tx, actor, fair_id, candidate_id, now)


def forget(tx: Connection, actor: Actor, *, candidate_id: int, now: datetime) -> None:
    """Delete the CV. Deleting twice is one deleting. Raises NotFound."""
    fair_id = rows.lock_candidate(tx, candidate_id)
    policy.ensure_own(actor, candidate_id=candidate_id, fair_id=fair_id)
    if tx.execute(delete(t.documents).where(t.documents.c.candidate_id == candidate_id)).rowcount:
        _tell(tx, actor, fair_id, candidate_id, now)


def read(tx: Connection, actor: Actor, *, candidate_id: int, now: datetime) -> Document:
    """The CV, for its owner, an organiser, or a stand the candidate has said yes to an interview with.

    A reading by anybody but the owner is written in the journal. Raises NotFound: foreign answers as missing.
    """
    fair_id = tx.execute(select(t.candidates.c.fair_id).where(t.candidates.c.id == candidate_id)).scalar()
    if fair_id is None:
        raise NotFound(what="document")
    stand_id = None
    if not actor.is_candidate(candidate_id):
        stand_id = _stand_of(tx, actor, candidate_id)
        if stand_id is None:
            policy.ensure_organiser(actor, fair_id=fair_id)
    row = tx.execute(
        select(t.documents.c.filename, t.documents.c.content).where(t.documents.c.candidate_id == candidate_id)
    ).first()
    if row is None:
        raise NotFound(what="document")
    if not actor.is_candidate(candidate_id):
        seen = events.DocumentRead(fair_id=fair_id, candidate_id=candidate_id, stand_id=stand_id)
        journal.append(tx, seen, at=now, by=actor.account_id)
    return Document(row.filename, bytes(row.content))


def _ensure_pdf(content: bytes) -> None:
    """By its content, never by its name: it begins and ends as a PDF does, so that it is nothing else as well."""
    problem = None
    if not content:
        problem = "missing"
    elif len(content) > MAX_SIZE:
        problem = "too_large"
    elif not _BEGINS.match(content) or not content[-_TAIL:].rstrip(b"\0 \t\r\n\x1a").endswith(b"%%EOF"):
        problem = "not_pdf"
    if problem:
        raise Invalid(fields={"cv": problem})


def _filename(given: str) -> str:
    """A name to offer when the file is saved: no path, nothing odd, always .pdf."""
    name = given.replace("\\", "/").rsplit("/", 1)[-1]
    try:
        plain = text.line(name, limit=1_000)
    except text.Unfit:
        plain = ""
    stem = re.sub(r"[^\w .,()\-’']", "", re.sub(r"\.pdf$", "", plain, flags=re.IGNORECASE)).strip(" .")
    return f"{stem[:100] or 'CV'}.pdf"


def _stand_of(tx: Connection, actor: Actor, candidate_id: int) -> int | None:
    """A stand of the actor's that the candidate has an interview with, or had."""
    b = t.bookings.c
    kept = [state.value for state in BookingState if state not in {BookingState.HELD, BookingState.CANCELLED}]
    return tx.execute(
        select(b.stand_id)
        .where(b.candidate_id == candidate_id, b.stand_id.in_(sorted(actor.stands)), b.state.in_(kept))
        .order_by(b.id.desc())
        .limit(1)
    ).scalar()


def _tell(tx: Connection, actor: Actor, fair_id: int, candidate_id: int, now: datetime) -> None:
    changed = events.ProfileChanged(fair_id=fair_id, candidate_id=candidate_id)
    journal.append(tx, changed, at=now, by=actor.account_id)
