"""How staff prove a second time who they are, and the accounts other houses vouch for. Secrets are hashes or nonces."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from jobdating.db.tables.base import id_, metadata, to
from jobdating.db.types import Moment

second_factors = Table(  # one row for each account that has one: its app for codes, and how often it was guessed at
    "second_factors",
    metadata,
    to("accounts", primary_key=True),
    Column("nonce", String(64)),  # what the app's key is derived from, with the secret; NULL for none
    Column("app_since", Moment),
    Column("last_step", Integer),  # the half-minute whose code was used last: no code works twice
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("attempts_since", Moment),
)

passkeys = Table(
    "passkeys",
    metadata,
    id_(),
    to("accounts", index=True),
    Column("credential", Text, nullable=False, unique=True),  # base64url
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False, server_default="0"),
    Column("transports", JSON, nullable=False),
    Column("name", String(80), nullable=False, server_default=""),
    Column("made_at", Moment, nullable=False),
    Column("used_at", Moment),
)

passkey_challenges = Table(  # one for each session that is about to use or make a passkey; good once
    "passkey_challenges",
    metadata,
    Column("session_id", String(64), ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("challenge", LargeBinary, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    id_(),
    to("accounts", index=True),
    Column("hash", String(64), nullable=False),
    Column("used_at", Moment),
    UniqueConstraint("account_id", "hash"),
)

identities = Table(  # who an account is to another house that signs people in
    "identities",
    metadata,
    id_(),
    to("accounts", index=True),
    Column("issuer", String(255), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("made_at", Moment, nullable=False),
    UniqueConstraint("issuer", "subject"),
    UniqueConstraint("account_id", "issuer"),
)
