"""Makes, changes and erases accounts, and registers their people for a fair. Decides nothing about signing in."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events, text
from jobdating.domain.errors import Invalid, NotFound, SignInNeeded
from jobdating.domain.policy import Actor
from jobdating.domain.privacy import Permission
from jobdating.queries import accounts as accounts_query
from jobdating.services import consent, sign_in
from jobdating.services.addresses import address as address
from jobdating.services.consent import Answer
from jobdating.services.sign_in import Device, SignedIn

NAME_LENGTH = 120
_PHONE = re.compile(r"\+?[0-9]{6,15}")


@dataclass(frozen=True)
class Person:
    """What an account says of its owner."""

    first_name: str
    last_name: str
    phone: str
    language: str


@dataclass(frozen=True)
class Registration:
    """A person who wants to take part in a fair."""

    person: Person
    answer: Answer
    level: str
    trades: frozenset[str]


def register(
    tx: Connection,
    actor: Actor,
    *,
    fair_id: int,
    registration: Registration,
    proof: str | None,
    device: Device,
    key: str,
    wall: datetime,
    now: datetime,
) -> SignedIn | None:
    """Become a candidate of the fair: with one's account, or with a newly proved address, which then is signed in.

    `wall` is the time of sessions and proofs. None when one was signed in already. Registering twice is once.
    Under 15 a parent is asked; until they agree no place can be taken. Raises Invalid, SignInNeeded.
    """
    known = frozenset(accounts_query.trades(tx, fair_id))
    _ensure_complete(registration, known, own_email=_own_email(tx, actor, proof, wall=wall))
    account_id, entered = actor.account_id, None
    if account_id is None:
        email = sign_in.spend_proof(tx, proof, now=wall) if proof else None
        if email is None:
            raise SignInNeeded()
        account_id = _account(tx, email, registration.person.language, now=wall)
        entered = sign_in.enter(tx, account_id, device=device, now=wall)
    _write_person(tx, account_id, registration.person)
    if fair_id not in actor.candidates:
        candidate_id = _add_candidate(tx, account_id, fair_id, registration, registration.trades & known, now=now)
        candidate = Actor(account_id, candidates={fair_id: candidate_id})
        consent.give(tx, candidate, candidate_id=candidate_id, answer=registration.answer, key=key, wall=wall, now=now)
    return entered


def change(tx: Connection, actor: Actor, *, person: Person, now: datetime) -> None:
    """Correct name, phone and language; whoever sees the candidate sees it at once. Raises Invalid, SignInNeeded."""
    if actor.account_id is None:
        raise SignInNeeded()
    fields = _wrong(person)
    if fields:
        raise Invalid(fields=fields)
    _write_person(tx, actor.account_id, person)
    for fair_id, candidate_id in actor.candidates.items():
        changed = events.ProfileChanged(fair_id=fair_id, candidate_id=candidate_id)
        journal.append(tx, changed, at=now, by=actor.account_id)


def add_organiser(tx: Connection, *, email: str, fair: str, now: datetime) -> bool:
    """Let the address organise the fair; False when it did already. Raises Invalid, NotFound."""
    fair_id = tx.execute(select(t.fairs.c.id).where(t.fairs.c.slug == fair)).scalar_one_or_none()
    if fair_id is None:
        raise NotFound(what="fair")
    account_id = _account(tx, address(email), "fr", now=now)
    mine = (t.organisers.c.fair_id == fair_id) & (t.organisers.c.account_id == account_id)
    if tx.execute(select(t.organisers.c.id).where(mine)).first() is not None:
        return False
    tx.execute(insert(t.organisers).values(fair_id=fair_id, account_id=account_id))
    journal.append(tx, events.RightsChanged(fair_id=None, account_id=account_id), at=now)
    return True


def by_email(tx: Connection, email: str) -> int:
    """The account of an address. Raises NotFound."""
    account_id = tx.execute(select(t.accounts.c.id).where(t.accounts.c.email == email.strip().lower())).scalar()
    if account_id is None:
        raise NotFound(what="account")
    return account_id


def _own_email(tx: Connection, actor: Actor, proof: str | None, *, wall: datetime) -> str:
    if actor.account_id is not None:
        mine = t.accounts.c.id == actor.account_id
        return tx.execute(select(t.accounts.c.email).where(mine)).scalar_one()
    return (sign_in.proved_by(tx, proof, now=wall) if proof else None) or ""


def _ensure_complete(registration: Registration, trades: frozenset[str], *, own_email: str) -> None:
    fields = _wrong(registration.person) | consent.problems(registration.answer, own_email=own_email)
    if trades and not registration.trades & trades:
        fields["trades"] = "missing"
    if fields:
        raise Invalid(fields=fields)


def _wrong(person: Person) -> dict[str, str]:
    fields = {}
    for name in ("first_name", "last_name"):
        try:
            if not text.line(str(getattr(person, name)), limit=NAME_LENGTH):
                fields[name] = "missing"
        except text.Unfit as unfit:
            fields[name] = unfit.code
    if person.phone and not _PHONE.fullmatch(_digits(person.phone)):
        fields["phone"] = "phone"
    return fields


def _digits(phone: str) -> str:
    return re.sub(r"[\s.()-]", "", phone)


def _account(tx: Connection, email: str, language: str, *, now: datetime) -> int:
    """The account of an address, made when nobody has it."""
    found = tx.execute(select(t.accounts.c.id).where(t.accounts.c.email == email)).scalar_one_or_none()
    if found is not None:
        return found
    made = insert(t.accounts).values(email=email, language=language, created_at=now).returning(t.accounts.c.id)
    return tx.execute(made).scalar_one()


def _write_person(tx: Connection, account_id: int, person: Person) -> None:
    tx.execute(
        update(t.accounts)
        .where(t.accounts.c.id == account_id)
        .values(
            first_name=text.line(person.first_name, limit=NAME_LENGTH),
            last_name=text.line(person.last_name, limit=NAME_LENGTH),
            phone=_digits(person.phone) or None,
            language=person.language,
        )
    )


def _add_candidate(
    tx: Connection,
    account_id: int,
    fair_id: int,
    registration: Registration,
    trades: frozenset[str],
    *,
    now: datetime,
) -> int:
    assert registration.answer.age_band is not None
    candidate_id = tx.execute(
        insert(t.candidates)
        .values(
            fair_id=fair_id,
            account_id=account_id,
            level=registration.level,
            age_band=registration.answer.age_band.value,
            permission=Permission.ASKED.value,
            registered_at=now,
        )
        .returning(t.candidates.c.id)
    ).scalar_one()
    if trades:
        rows = [{"candidate_id": candidate_id, "trade": trade} for trade in sorted(trades)]
        tx.execute(insert(t.candidate_trades), rows)
    registered = events.CandidateRegistered(fair_id=fair_id, candidate_id=candidate_id)
    journal.append(tx, registered, at=now, by=account_id)
    return candidate_id
