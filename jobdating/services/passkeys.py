"""Keys that live in a phone, a computer or a fob (WebAuthn): made, used and removed. The browser speaks to the key.

A challenge belongs to one session, is good once and for five minutes. Times are the wall clock's.
"""

import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import webauthn
from sqlalchemy import Connection, delete, insert, select, update
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from jobdating.db import tables as t
from jobdating.domain.authenticator import NAME
from jobdating.domain.errors import NotFound
from jobdating.domain.text import tidied
from jobdating.services import second_factor
from jobdating.services.safety import Change
from jobdating.services.second_factor import Added, ensure_may_change
from jobdating.services.sessions import Session

LASTS = timedelta(minutes=5)
MOST = 10
_WRONG = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)  # what bytes from outside may cause


@dataclass(frozen=True)
class Site:
    """Where keys are good: the host they are bound to, and the origin that pages come from."""

    host: str
    origin: str


def offer(tx: Connection, session: Session, *, site: Site, email: str, key: str, now: datetime) -> str:
    """The question with which a browser makes a key, as JSON. Raises SecondFactorNeeded, NotFound (ten are there)."""
    ensure_may_change(tx, session)
    known = _of_account(tx, session.account_id)
    if len(known) >= MOST:
        raise NotFound(what="passkey")
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=NAME,
        user_id=hmac.digest(key.encode(), f"passkey user {session.account_id}".encode(), "sha256"),
        user_name=email,
        timeout=round(LASTS.total_seconds() * 1000),
        exclude_credentials=known,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    _remember(tx, session, options.challenge, now=now)
    return webauthn.options_to_json(options)


def add(
    tx: Connection, session: Session, credential: str, *, name: str, site: Site, key: str, now: datetime
) -> Added | None:
    """Keep the key that the browser made; None when this is no answer to the session's question: it is spent, so
    nothing is raised for it. Raises SecondFactorNeeded.
    """
    ensure_may_change(tx, session)
    challenge = _spend(tx, session, now=now)
    made = _made(credential, challenge, site) if challenge else None
    if made is None or _is_known(tx, made):
        return None
    second_factor.ensure_row(tx, session.account_id)
    tx.execute(
        insert(t.passkeys).values(
            account_id=session.account_id,
            credential=bytes_to_base64url(made.credential_id),
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            transports=_transports(credential),
            name=tidied(name)[:80],
            made_at=now,
            used_at=now,
        )
    )
    return second_factor.added(tx, session, Change.PASSKEY_ADDED, way="passkey", key=key, now=now)


def ask(tx: Connection, session: Session, *, site: Site, now: datetime) -> str:
    """The question that one of the account's keys answers, as JSON. Raises NotFound where there is none."""
    known = _of_account(tx, session.account_id)
    if not known:
        raise NotFound(what="passkey")
    options = webauthn.generate_authentication_options(
        rp_id=site.host, timeout=round(LASTS.total_seconds() * 1000), allow_credentials=known
    )
    _remember(tx, session, options.challenge, now=now)
    return webauthn.options_to_json(options)


def confirm(tx: Connection, session: Session, credential: str, *, site: Site, now: datetime) -> str | None:
    """The session's new secret, once it holds the factor; None when no key of the account answered its question."""
    challenge = _spend(tx, session, now=now)
    p = t.passkeys.c
    mine = (p.account_id == session.account_id) & (p.credential == str(_object(credential).get("id", "")))
    known = tx.execute(select(p.id, p.public_key, p.sign_count).where(mine)).first()
    if challenge is None or known is None:
        return None
    try:
        used = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=known.public_key,
            credential_current_sign_count=known.sign_count,
        )
    except _WRONG:
        return None
    tx.execute(update(t.passkeys).where(p.id == known.id).values(sign_count=used.new_sign_count, used_at=now))
    return second_factor.hold(tx, session, way="passkey", now=now)


def remove(tx: Connection, session: Session, *, passkey_id: int, now: datetime) -> None:
    """The key works no longer. Raises NotFound for one that is not theirs, SecondFactorNeeded."""
    ensure_may_change(tx, session)
    mine = (t.passkeys.c.id == passkey_id) & (t.passkeys.c.account_id == session.account_id)
    if tx.execute(delete(t.passkeys).where(mine)).rowcount == 0:
        raise NotFound(what="passkey")
    second_factor.removed(tx, session, Change.PASSKEY_REMOVED, now=now)


def _of_account(tx: Connection, account_id: int) -> list[PublicKeyCredentialDescriptor]:
    p = t.passkeys.c
    rows = tx.execute(select(p.credential, p.transports).where(p.account_id == account_id).order_by(p.id))
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(row.credential),
            transports=[AuthenticatorTransport(word) for word in row.transports] or None,
        )
        for row in rows
    ]


def _remember(tx: Connection, session: Session, challenge: bytes, *, now: datetime) -> None:
    tx.execute(delete(t.passkey_challenges).where(t.passkey_challenges.c.session_id == session.id))
    tx.execute(insert(t.passkey_challenges).values(session_id=session.id, challenge=challenge, expires_at=now + LASTS))


def _spend(tx: Connection, session: Session, *, now: datetime) -> bytes | None:
    """The session's question, which may be answered no longer; None where there is none."""
    c = t.passkey_challenges.c
    mine = (c.session_id == session.id) & (c.expires_at > now)
    return tx.execute(delete(t.passkey_challenges).where(mine).returning(c.challenge)).scalar()


def _made(credential: str, challenge: bytes, site: Site) -> VerifiedRegistration | None:
    try:
        return webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
    except _WRONG:
        return None


def _is_known(tx: Connection, made: VerifiedRegistration) -> bool:
    same = t.passkeys.c.credential == bytes_to_base64url(made.credential_id)
    return tx.execute(select(t.passkeys.c.id).where(same)).first() is not None


def _transports(credential: str) -> list[str]:
    """How the browser says the key is reached; words we do not know are left out."""
    response = _object(credential).get("response")
    said = response.get("transports") if isinstance(response, dict) else None
    known = {word.value for word in AuthenticatorTransport}
    return [word for word in said if isinstance(word, str) and word in known] if isinstance(said, list) else []


def _object(credential: str) -> dict[str, Any]:
    try:
        found = json.loads(credential)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
