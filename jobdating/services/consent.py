"""The yes of a candidate to taking part and to being kept longer: asked, given, taken back. A parent's is `parent`'s."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events
from jobdating.domain.errors import Invalid, NotFound
from jobdating.domain.policy import Actor
from jobdating.domain.privacy import LONGER_MONTHS, ConsentKind, Permission, purge_day
from jobdating.domain.states import AgeBand
from jobdating.services import parent, permission, rows
from jobdating.services.addresses import address


@dataclass(frozen=True)
class Answer:
    """What somebody says of their age and to the wording they read (None: not ticked)."""

    age_band: AgeBand | None
    consent: str | None
    parent_email: str = ""


def problems(answer: Answer, *, own_email: str) -> dict[str, str]:
    """What is missing or wrong, by field."""
    fields = {}
    if answer.age_band is None:
        fields["age_band"] = "missing"
    if not answer.consent:
        fields["consent"] = "missing"
    if answer.age_band is AgeBand.UNDER_15:
        try:
            if address(answer.parent_email) == own_email:
                fields["parent_email"] = "own_address"
        except Invalid:
            fields["parent_email"] = "email" if answer.parent_email.strip() else "missing"
    return fields


def give(
    tx: Connection, actor: Actor, *, candidate_id: int, answer: Answer, key: str, wall: datetime, now: datetime
) -> Permission:
    """The candidate's own yes; under 15 a parent is asked, unless one has agreed. What they may do now.

    Whoever said that they are under 15 stays it here: organisers correct an age. Raises Invalid, NotFound, TooMany.
    """
    fair_id = rows.lock_candidate(tx, candidate_id)
    if actor.account_id is None or not actor.is_candidate(candidate_id):
        raise NotFound(what="candidate")
    email = tx.execute(select(t.accounts.c.email).where(t.accounts.c.id == actor.account_id)).scalar_one()
    fields = problems(answer, own_email=email)
    known = tx.execute(select(t.candidates.c.age_band).where(t.candidates.c.id == candidate_id)).scalar_one()
    if known == AgeBand.UNDER_15 and answer.age_band not in {AgeBand.UNDER_15, None}:
        fields["age_band"] = "age_fixed"
    if fields:
        raise Invalid(fields=fields)
    assert answer.age_band is not None and answer.consent
    mine = t.candidates.c.id == candidate_id
    tx.execute(update(t.candidates).where(mine).values(age_band=answer.age_band.value))
    permission.record(
        tx, account_id=actor.account_id, fair_id=fair_id, kind=ConsentKind.TAKING_PART, given_by=email,
        wording=answer.consent, now=now,
    )  # fmt: skip
    outcome = Permission.GIVEN
    if answer.age_band is AgeBand.UNDER_15 and not permission.has(
        tx, account_id=actor.account_id, fair_id=fair_id, kind=ConsentKind.PARENT
    ):
        outcome = Permission.PARENT_ASKED
        parent.ask(
            tx, candidate_id=candidate_id, email=address(answer.parent_email), by=actor.account_id, key=key,
            wall=wall, now=now,
        )  # fmt: skip
    if answer.age_band != known:
        changed = events.ProfileChanged(fair_id=fair_id, candidate_id=candidate_id)
        journal.append(tx, changed, at=now, by=actor.account_id)
    permission.change(tx, candidate_id=candidate_id, permission=outcome, by=actor.account_id, now=now)
    return outcome


def withdraw(tx: Connection, actor: Actor, *, consent_id: int, now: datetime) -> None:
    """Take a consent of one's own back, with what that means. Twice is once. Raises NotFound: a parent's is theirs."""
    c = t.consents.c
    row = tx.execute(
        select(c.kind, c.fair_id, c.withdrawn_at).where(c.id == consent_id, c.account_id == actor.account_id)
    ).first()
    if row is None or row.kind == ConsentKind.PARENT:
        raise NotFound(what="consent")
    candidate_id = actor.candidates.get(row.fair_id)
    if row.withdrawn_at is not None or candidate_id is None:
        return
    tx.execute(update(t.consents).where(c.id == consent_id).values(withdrawn_at=now))
    if row.kind == ConsentKind.TAKING_PART:
        permission.change(tx, candidate_id=candidate_id, permission=Permission.WITHDRAWN, by=actor.account_id, now=now)
    else:
        _tell_keeping(tx, actor, row.fair_id, candidate_id, None, now)


def keep(tx: Connection, actor: Actor, *, fair_id: int, months: int, wording: str, now: datetime) -> None:
    """Be kept for so many months after the fair instead of three. Raises NotFound, Invalid.

    Somebody under 15 is not asked: a parent agreed to three months.
    """
    candidate_id = actor.candidates.get(fair_id)
    if candidate_id is None or actor.account_id is None:
        raise NotFound(what="candidate")
    if months not in LONGER_MONTHS:
        raise Invalid(fields={"months": "choice"})
    query = (
        select(t.candidates.c.age_band, t.fairs.c.last_day, t.accounts.c.email)
        .join(t.fairs, t.fairs.c.id == t.candidates.c.fair_id)
        .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
    )
    row = tx.execute(query.where(t.candidates.c.id == candidate_id)).one()
    if row.age_band == AgeBand.UNDER_15:
        raise Invalid(fields={"months": "choice"})
    until = purge_day(row.last_day, months=months)
    permission.record(
        tx, account_id=actor.account_id, fair_id=fair_id, kind=ConsentKind.KEEPING, given_by=row.email,
        wording=wording, until=until, now=now,
    )  # fmt: skip
    _tell_keeping(tx, actor, fair_id, candidate_id, until.isoformat(), now)


def _tell_keeping(
    tx: Connection, actor: Actor, fair_id: int, candidate_id: int, until: str | None, now: datetime
) -> None:
    changed = events.KeepingChanged(fair_id=fair_id, candidate_id=candidate_id, until=until)
    journal.append(tx, changed, at=now, by=actor.account_id)
