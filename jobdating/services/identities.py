"""Signs in whom another house vouches for. An account is theirs by issuer and subject; an address links it once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events
from jobdating.domain.errors import DomainError, Invalid
from jobdating.services import accounts, safety, sign_in
from jobdating.services.safety import Change
from jobdating.services.sign_in import Device, Newcomer, SignedIn

LENGTH = 255  # of an issuer and of a subject, as the specification bounds them


class NotVouched(DomainError):
    """The house says nothing we can go by: no address it has checked, or one that has another owner here."""

    code = "not_vouched"


@dataclass(frozen=True)
class Vouched:
    """What a house says of somebody, once its word was checked. `email` is "" unless the house has verified it."""

    issuer: str
    subject: str
    email: str
    second_factor: bool


def enter(tx: Connection, vouched: Vouched, *, device: Device, now: datetime) -> SignedIn | Newcomer:
    """Open a session for the account the house means; an address that nobody has yet goes on to register.

    Raises NotVouched.
    """
    known = _known(tx, vouched)
    if known is None:
        email = _address(vouched.email)
        known = tx.execute(select(t.accounts.c.id).where(t.accounts.c.email == email)).scalar_one_or_none()
        if known is None:
            return sign_in.newcomer(tx, email, now=now)
        _link(tx, known, vouched, device=device, now=now)
    entered = sign_in.enter(tx, known, device=device, second_factor=vouched.second_factor, now=now)
    if vouched.second_factor:
        held = events.SecondFactorHeld(fair_id=None, account_id=known, way="provider")
        journal.append(tx, held, at=now, by=known)
    return entered


def _known(tx: Connection, vouched: Vouched) -> int | None:
    i = t.identities.c
    same = (i.issuer == vouched.issuer) & (i.subject == vouched.subject)
    return tx.execute(select(i.account_id).where(same)).scalar_one_or_none()


def _link(tx: Connection, account_id: int, vouched: Vouched, *, device: Device, now: datetime) -> None:
    """From here on the subject is the account's, whatever becomes of the address. One of each house."""
    i = t.identities.c
    other = (i.account_id == account_id) & (i.issuer == vouched.issuer)
    if tx.execute(select(i.id).where(other)).first() is not None:
        raise NotVouched()  # the address was given to somebody else there
    tx.execute(
        insert(t.identities).values(account_id=account_id, issuer=vouched.issuer, subject=vouched.subject, made_at=now)
    )
    safety.tell(tx, account_id, Change.PROVIDER_LINKED, agent=device.agent, wall=now)


def _address(email: str) -> str:
    try:
        return accounts.address(email)
    except Invalid as refusal:
        raise NotVouched() from refusal
