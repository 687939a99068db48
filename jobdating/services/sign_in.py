"""Proves an address: a link and a code are mailed, and one of the two, once, opens a session.

Known and unknown addresses take the same steps until the address is proved. The link works in the browser that asked,
so a mail scanner that opens it or submits its form burns nothing; elsewhere the code is typed. Link and code are
derived from a nonce with the server's secret: the database alone gives neither away. Times are the wall clock's.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events
from jobdating.domain.errors import DomainError, TooMany
from jobdating.services import audit, notices, sessions

LASTS = timedelta(minutes=10)
PROOF_LASTS = timedelta(hours=1)  # to fill in the registration after the address was proved
KEPT = timedelta(days=1)
GUESSES = 5
CODE_DIGITS = 8


class LinkElsewhere(DomainError):
    """The link is good, but another browser asked for it: there the code is typed."""

    code = "link_elsewhere"


class LinkExpired(DomainError):
    """The link was used, is too old, or never existed."""

    code = "link_expired"


class CodeWrong(DomainError):
    """Not the code, or it was used, or is too old."""

    code = "code_wrong"


@dataclass(frozen=True)
class Limit:
    """At most `count` requests within `window`."""

    count: int
    window: timedelta


PER_PERSON = Limit(5, timedelta(minutes=10))  # the same address from the same network
PER_ADDRESS = Limit(20, timedelta(hours=1))
PER_NETWORK = Limit(600, timedelta(minutes=10))  # a whole school behind one address
GUESSES_PER_NETWORK = Limit(200, timedelta(hours=1))


@dataclass(frozen=True)
class Asking:
    """Who asks: the address to prove, the network they ask from, and the language of the mail."""

    email: str
    network: str
    language: str
    back: str


@dataclass(frozen=True)
class SignedIn:
    """A session was opened: the secret for its cookie, and whether it holds the second factor already."""

    secret: str
    account_id: int
    second_factor: bool = False


@dataclass(frozen=True)
class Newcomer:
    """The address is proved and nobody has it yet: the browser holds `proof` while it registers."""

    proof: str
    email: str


@dataclass(frozen=True)
class Device:
    """The browser that signs in; `session_id` is the session it leaves, None for none."""

    agent: str
    session_id: str | None


def link_of(nonce: str, *, key: str) -> str:
    """The secret that the mailed link carries in its fragment."""
    return hmac.digest(key.encode(), f"sign-in link {nonce}".encode(), "sha256").hex()


def code_of(nonce: str, *, key: str) -> str:
    """The digits that may be typed instead of following the link."""
    number = int.from_bytes(hmac.digest(key.encode(), f"sign-in code {nonce}".encode(), "sha256")[:8])
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def ask(tx: Connection, asking: Asking, *, key: str, now: datetime, due_at: datetime) -> str:
    """Put a mail in the outbox, due at `due_at` (the fair's clock); the secret that binds the asking browser.

    Raises TooMany.
    """
    network = _network(asking.network, key)
    _ensure_within_limits(tx, asking.email, network, now=now)
    browser, nonce = secrets.token_urlsafe(24), secrets.token_hex(16)
    tx.execute(
        insert(t.sign_ins).values(
            email=asking.email,
            nonce=nonce,
            link_hash=_hash(link_of(nonce, key=key)),
            code_hash=_code_hash(code_of(nonce, key=key), nonce, key),
            browser_hash=_hash(browser),
            network=network,
            asked_at=now,
            expires_at=now + LASTS,
        )
    )
    notices.sign_in(
        tx, nonce, recipient=asking.email, language=asking.language, back=asking.back, until=now + LASTS, now=due_at
    )
    return browser


def with_link(tx: Connection, link: str, *, browser: str | None, device: Device, now: datetime) -> SignedIn | Newcomer:
    """Use the link, in the browser that asked. Raises LinkElsewhere, LinkExpired."""
    # One conditional update decides: of fifty tabs that press the button, one changes the row.
    used = tx.execute(
        update(t.sign_ins)
        .where(_is_open(now), t.sign_ins.c.link_hash == _hash(link), t.sign_ins.c.browser_hash == _hash(browser or ""))
        .values(used_at=now)
        .returning(t.sign_ins.c.id, t.sign_ins.c.email)
    ).first()
    if used is None:
        good = select(t.sign_ins.c.id).where(_is_open(now), t.sign_ins.c.link_hash == _hash(link))
        raise LinkExpired() if tx.execute(good).first() is None else LinkElsewhere()
    return _proved(tx, used.id, used.email, device=device, now=now)


def with_code(
    tx: Connection, code: str, *, email: str, network: str, device: Device, key: str, now: datetime
) -> SignedIn | Newcomer | None:
    """Use the code, in any browser. None when it is wrong: a wrong guess is counted, so nothing is raised for it.

    Raises TooMany.
    """
    guesser = _network(network, key)
    _ensure_few_guesses(tx, guesser, now=now)
    # Counting first locks the rows: guesses sent at once are counted one by one.
    open_rows = tx.execute(
        update(t.sign_ins)
        .where(_is_open(now), t.sign_ins.c.email == email, t.sign_ins.c.attempts < GUESSES)
        .values(attempts=t.sign_ins.c.attempts + 1)
        .returning(t.sign_ins.c.id, t.sign_ins.c.nonce, t.sign_ins.c.code_hash)
    ).all()
    for row in open_rows:
        if hmac.compare_digest(row.code_hash, _code_hash(code, row.nonce, key)):
            tx.execute(update(t.sign_ins).where(t.sign_ins.c.id == row.id).values(used_at=now))
            return _proved(tx, row.id, email, device=device, now=now)
    tx.execute(insert(t.guesses).values(network=guesser, at=now))
    if open_rows:
        audit.refused(tx, email=email, reason=CodeWrong.code, now=now)
    return None


def note_refused_link(tx: Connection, link: str, *, reason: str, now: datetime) -> None:
    """Write down that a link of ours was refused, once its refusal has undone the attempt."""
    email = tx.execute(select(t.sign_ins.c.email).where(t.sign_ins.c.link_hash == _hash(link))).scalar()
    if email is not None:
        audit.refused(tx, email=email, reason=reason, now=now)


def asked_from(tx: Connection, browser: str, *, now: datetime) -> str | None:
    """The address this browser asked for last, while its mail is good."""
    query = select(t.sign_ins.c.email).where(_is_open(now), t.sign_ins.c.browser_hash == _hash(browser))
    return tx.execute(query).scalar_one_or_none()


def forget(tx: Connection, *, now: datetime) -> None:
    """Drop who asked more than a day ago, and where wrong codes came from."""
    tx.execute(delete(t.sign_ins).where(t.sign_ins.c.asked_at < now - KEPT))
    tx.execute(delete(t.guesses).where(t.guesses.c.at <= now - GUESSES_PER_NETWORK.window))


def proved_by(tx: Connection, proof: str, *, now: datetime) -> str | None:
    """The address that this browser has proved and nobody has yet, or None."""
    return tx.execute(select(t.sign_ins.c.email).where(_is_proof(proof, now))).scalar_one_or_none()


def spend_proof(tx: Connection, proof: str, *, now: datetime) -> str | None:
    """As `proved_by`, once."""
    return tx.execute(
        delete(t.sign_ins).where(_is_proof(proof, now)).returning(t.sign_ins.c.email)
    ).scalar_one_or_none()


def enter(tx: Connection, account_id: int, *, device: Device, now: datetime, second_factor: bool = False) -> SignedIn:
    """Open a session in a browser that has proved whose it is; the one it had before ends."""
    if device.session_id is not None:
        tx.execute(delete(t.sessions).where(t.sessions.c.id == device.session_id))
    secret, _ = sessions.open(tx, account_id, agent=device.agent, second_factor=second_factor, now=now)
    journal.append(tx, events.SignedIn(fair_id=None, account_id=account_id), at=now, by=account_id)
    return SignedIn(secret, account_id, second_factor)


def newcomer(tx: Connection, email: str, *, now: datetime) -> Newcomer:
    """Somebody whose address was proved elsewhere, and who has no account: they go on as after our own mail."""
    proof, unused = secrets.token_urlsafe(24), secrets.token_hex(16)
    tx.execute(
        insert(t.sign_ins).values(
            email=email,
            nonce=unused,
            link_hash=_hash(unused),
            code_hash="",
            browser_hash=_hash(proof),
            asked_at=now,
            expires_at=now,
            used_at=now,
        )
    )
    return Newcomer(proof, email)


def _proved(tx: Connection, sign_in_id: int, email: str, *, device: Device, now: datetime) -> SignedIn | Newcomer:
    proof = secrets.token_urlsafe(24)
    tx.execute(update(t.sign_ins).where(t.sign_ins.c.id == sign_in_id).values(browser_hash=_hash(proof)))
    account_id = tx.execute(select(t.accounts.c.id).where(t.accounts.c.email == email)).scalar_one_or_none()
    return Newcomer(proof, email) if account_id is None else enter(tx, account_id, device=device, now=now)


def _ensure_within_limits(tx: Connection, email: str, network: str, *, now: datetime) -> None:
    same_address = t.sign_ins.c.email == email
    same_network = t.sign_ins.c.network == network
    _ensure(tx, PER_PERSON, same_address & same_network, now=now)
    _ensure(tx, PER_ADDRESS, same_address, now=now)
    _ensure(tx, PER_NETWORK, same_network, now=now)


def _ensure(tx: Connection, limit: Limit, condition: ColumnElement[bool], *, now: datetime) -> None:
    asked = t.sign_ins.c.asked_at
    recent = select(func.count(), func.min(asked)).where(condition, asked > now - limit.window)
    count, first = tx.execute(recent).one()
    if count >= limit.count:
        raise TooMany(retry_after=max(1, round((first + limit.window - now).total_seconds())))


def _ensure_few_guesses(tx: Connection, network: str, *, now: datetime) -> None:
    """Wrong codes are held against where they are typed, never against where the mail was asked for."""
    g, limit = t.guesses.c, GUESSES_PER_NETWORK
    recent = select(func.count(), func.min(g.at)).where(g.network == network, g.at > now - limit.window)
    count, first = tx.execute(recent).one()
    if count >= limit.count:
        raise TooMany(retry_after=max(1, round((first + limit.window - now).total_seconds())))


def _is_open(now: datetime) -> ColumnElement[bool]:
    return t.sign_ins.c.used_at.is_(None) & (t.sign_ins.c.expires_at > now)


def _is_proof(proof: str, now: datetime) -> ColumnElement[bool]:
    return (t.sign_ins.c.browser_hash == _hash(proof)) & (t.sign_ins.c.used_at > now - PROOF_LASTS)


def _network(address: str, key: str) -> str:
    """The network without its address: enough to count, too little to tell where somebody was."""
    return hmac.digest(key.encode(), f"network {address}".encode(), "sha256").hex()


def _code_hash(code: str, nonce: str, key: str) -> str:
    """Keyed, because eight digits could be tried out against a plain hash."""
    return hmac.digest(key.encode(), f"code {nonce} {code}".encode(), "sha256").hex()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
