"""Asks a parent, by mail, whether somebody under 15 may take part, and takes the answer.

The mail carries a code that is typed on our page: a scanner that opens links, or even submits forms, answers nothing.
The code works once, and binds the browser in which it was typed; there the wording is read and answered. A code is
derived from a nonce with the server's secret, so the database alone does not give it away. Times are the wall clock's.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events
from jobdating.domain.errors import DomainError, TooMany
from jobdating.domain.privacy import ConsentKind, Permission
from jobdating.services import notices, permission
from jobdating.services.sign_in import CODE_DIGITS, GUESSES, Limit

LASTS = timedelta(days=14)
ANSWER_LASTS = timedelta(hours=1)  # to read and answer after the code was typed
PER_CANDIDATE = Limit(3, timedelta(hours=1))
PER_ADDRESS = Limit(6, timedelta(days=1))


class CodeWrong(DomainError):
    """Not the code, or it was used, or is too old."""

    code = "code_wrong"


class AnswerExpired(DomainError):
    """The code was typed too long ago, or the answer is given."""

    code = "answer_expired"


def code_of(nonce: str, *, key: str) -> str:
    """The digits that a parent types."""
    number = int.from_bytes(hmac.digest(key.encode(), f"parent code {nonce}".encode(), "sha256")[:8])
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def ask(
    tx: Connection, *, candidate_id: int, email: str, by: int | None, key: str, wall: datetime, now: datetime
) -> None:
    """Put a mail to the parent in the outbox; an earlier code stops working. Raises TooMany."""
    p = t.parents.c
    _ensure(tx, PER_CANDIDATE, p.candidate_id == candidate_id, wall=wall)
    _ensure(tx, PER_ADDRESS, p.email == email, wall=wall)
    tx.execute(update(t.parents).where(p.candidate_id == candidate_id, p.expires_at > wall).values(expires_at=wall))
    nonce = secrets.token_hex(16)
    row = tx.execute(
        insert(t.parents)
        .values(
            candidate_id=candidate_id, email=email, nonce=nonce, asked_at=wall, expires_at=wall + LASTS,
            code_hash=_code_hash(code_of(nonce, key=key), nonce, key),
        )
        .returning(p.id)
    )  # fmt: skip
    notices.to_adult(tx, "parent", recipient=email, candidate_id=candidate_id, about=row.scalar_one(), now=now)
    fair_id = tx.execute(select(t.candidates.c.fair_id).where(t.candidates.c.id == candidate_id)).scalar_one()
    journal.append(tx, events.ParentAsked(fair_id=fair_id, candidate_id=candidate_id), at=now, by=by)


def ask_again(tx: Connection, *, email: str, key: str, wall: datetime, now: datetime) -> None:
    """A parent who was asked before wants another code, to answer or to change the answer. Others hear nothing."""
    last = select(func.max(t.parents.c.id)).group_by(t.parents.c.candidate_id)
    query = select(t.parents.c.candidate_id).where(t.parents.c.id.in_(last), t.parents.c.email == email)
    for candidate_id in list(tx.execute(query.order_by(t.parents.c.id)).scalars()):
        ask(tx, candidate_id=candidate_id, email=email, by=None, key=key, wall=wall, now=now)


def open_with_code(tx: Connection, code: str, *, email: str, key: str, wall: datetime) -> str | None:
    """The secret for the browser in which the right code was typed, once; None for a wrong one, which is counted."""
    p = t.parents.c
    waiting = tx.execute(
        update(t.parents)
        .where(p.email == email, p.opened_at.is_(None), p.expires_at > wall, p.attempts < GUESSES)
        .values(attempts=p.attempts + 1)
        .returning(p.id, p.nonce, p.code_hash)
    ).all()
    for row in waiting:
        if hmac.compare_digest(row.code_hash, _code_hash(code, row.nonce, key)):
            browser = secrets.token_urlsafe(24)
            tx.execute(update(t.parents).where(p.id == row.id).values(opened_at=wall, browser_hash=_hash(browser)))
            return browser
    return None


def open_request(tx: Connection, browser: str, *, wall: datetime) -> Any:
    """What this browser may answer: the row's `id` and `candidate_id`, or None."""
    query = select(t.parents.c.id, t.parents.c.candidate_id).where(_is_open(browser, wall))
    return tx.execute(query).first()


def answer(
    tx: Connection, browser: str, *, agreed: bool, wording: str, wall: datetime, now: datetime
) -> tuple[int, Permission]:
    """The parent's yes or no, once: whose it is about, and what they may do now. Raises AnswerExpired."""
    p = t.parents.c
    used = tx.execute(
        update(t.parents)
        .where(_is_open(browser, wall))
        .values(answered_at=wall, agreed=agreed)
        .returning(p.candidate_id, p.email)
    ).first()
    if used is None:
        raise AnswerExpired()
    c = t.candidates.c
    row = tx.execute(select(c.account_id, c.fair_id, c.permission).where(c.id == used.candidate_id)).one()
    parent = {"account_id": row.account_id, "fair_id": row.fair_id, "kind": ConsentKind.PARENT, "now": now}
    if agreed:
        permission.record(tx, **parent, given_by=used.email, wording=wording)
    else:
        permission.take_back(tx, **parent)
    outcome = Permission.GIVEN if agreed else Permission.PARENT_REFUSED
    if row.permission == Permission.WITHDRAWN:  # the young person's own no stands beside a parent's yes
        outcome = Permission.WITHDRAWN
    permission.change(tx, candidate_id=used.candidate_id, permission=outcome, by=None, now=now)
    return used.candidate_id, outcome


def _ensure(tx: Connection, limit: Limit, condition: ColumnElement[bool], *, wall: datetime) -> None:
    asked = t.parents.c.asked_at
    recent = select(func.count(), func.min(asked)).where(condition, asked > wall - limit.window)
    count, first = tx.execute(recent).one()
    if count >= limit.count:
        raise TooMany(retry_after=max(1, round((first + limit.window - wall).total_seconds())))


def _is_open(browser: str, wall: datetime) -> ColumnElement[bool]:
    p = t.parents.c
    return (p.browser_hash == _hash(browser)) & (p.opened_at > wall - ANSWER_LASTS) & p.answered_at.is_(None)


def _code_hash(code: str, nonce: str, key: str) -> str:
    """Keyed, because eight digits could be tried out against a plain hash."""
    return hmac.digest(key.encode(), f"parent {nonce} {code}".encode(), "sha256").hex()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
