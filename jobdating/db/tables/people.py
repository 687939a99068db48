"""Accounts, what each is at a fair, and how they prove who they are."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from jobdating.db.tables.base import id_, metadata, to
from jobdating.db.types import Moment

accounts = Table(
    "accounts",
    metadata,
    id_(),
    Column("email", String(254), nullable=False, unique=True),  # lower case
    Column("first_name", String(120), nullable=False, server_default=""),
    Column("last_name", String(120), nullable=False, server_default=""),
    Column("phone", String(20)),
    Column("language", String(2), nullable=False, server_default="fr"),
    Column("administrator", Boolean, nullable=False, server_default=false()),
    Column("created_at", Moment, nullable=False),
)

recruiters = Table(
    "recruiters",
    metadata,
    id_(),
    to("stands", index=True),
    to("accounts", index=True),
    Column("lead", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("stand_id", "account_id"),
)

organisers = Table(
    "organisers", metadata, id_(), to("fairs"), to("accounts", index=True), UniqueConstraint("fair_id", "account_id")
)

candidates = Table(
    "candidates",
    metadata,
    id_(),
    to("fairs"),
    to("accounts", index=True),
    to("sites", nullable=True),
    Column("level", String(20), nullable=False, server_default=""),
    Column("age_band", String(10), nullable=False, server_default=""),
    Column("permission", String(16), nullable=False, server_default="given"),  # domain.privacy.Permission
    Column("availability", JSON),  # [[start, end], …] ISO UTC; NULL means all the fair
    Column("about", Text, nullable=False, server_default=""),
    Column("connected_since", Moment),
    Column("seen_at", Moment),
    Column("checked_in_on", Date),  # the last day on which the candidate said "je suis là"
    Column("registered_at", Moment, nullable=False),
    Column("forgotten_at", Moment),  # erased or purged: what is left is counted, and names nobody
    UniqueConstraint("fair_id", "account_id"),
)

candidate_trades = Table(
    "candidate_trades", metadata, to("candidates", primary_key=True), Column("trade", String(80), primary_key=True)
)

documents = Table(
    "documents",
    metadata,
    id_(),
    Column("candidate_id", Integer, ForeignKey("candidates.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("filename", String(200), nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("uploaded_at", Moment, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    id_(),
    to("accounts", index=True),
    to("fairs", nullable=True),
    Column("kind", String(12), nullable=False, server_default="taking_part"),  # domain.privacy.ConsentKind
    Column("until", Date),  # of being kept: the day on which it ends
    Column("given_by", String(250), nullable=False),  # the account's own address, a parent's, or who signed a paper
    Column("wording", Text, nullable=False),  # as it was read
    Column("given_at", Moment, nullable=False),
    Column("signed_on", Date),  # on a paper that an organiser holds; NULL for what was answered here
    Column("recorded_by", Integer, ForeignKey("accounts.id", ondelete="SET NULL")),  # the organiser who holds it
    Column("withdrawn_at", Moment),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    id_(),
    Column("email", String(254), nullable=False, index=True),
    Column("nonce", String(32), nullable=False),  # what the link and the code are derived from, with the secret
    Column("link_hash", String(64), nullable=False, unique=True),
    Column("code_hash", String(64), nullable=False),
    Column("browser_hash", String(64), nullable=False, index=True),
    Column("network", String(64), nullable=False, server_default="", index=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("asked_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

guesses = Table(  # wrong sign-in codes, for an hour: where they came from, never whose they were
    "guesses",
    metadata,
    id_(),
    Column("network", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_guesses_network", "network", "at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),  # hash of the cookie's secret
    to("accounts", index=True),
    Column("csrf", String(64), nullable=False),
    Column("agent", String(200), nullable=False, server_default=""),
    Column("opened_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("second_factor_at", Moment),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    id_(),
    to("accounts", index=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("name", String(80), nullable=False, server_default=""),
    Column("confirmed", Boolean, nullable=False, server_default=false()),  # carries what the second factor protects
    Column("made_at", Moment, nullable=False),
    Column("used_at", Moment),
)
