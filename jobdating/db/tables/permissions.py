"""Who else has a say about a candidate: a parent who is asked, an adult who gets copies of the messages."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table

from jobdating.db.tables.base import id_, metadata, to
from jobdating.db.types import Moment

parents = Table(  # one row for each mail in which a parent is asked; the last one counts
    "parents",
    metadata,
    id_(),
    to("candidates", index=True),
    Column("email", String(254), nullable=False, index=True),  # lower case
    Column("nonce", String(32), nullable=False),  # what the code is derived from, with the secret
    Column("code_hash", String(64), nullable=False),
    Column("browser_hash", String(64), index=True),  # of the browser in which the code was typed
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("asked_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("opened_at", Moment),
    Column("answered_at", Moment),
    Column("agreed", Boolean),
)

adults = Table(  # one row for each time somebody is named; the last one counts
    "adults",
    metadata,
    id_(),
    to("candidates", index=True),
    Column("email", String(254), nullable=False),  # lower case
    Column("nonce", String(32), nullable=False, unique=True),  # what the link that stops copies is derived from
    Column("named_at", Moment, nullable=False),
    Column("stopped_at", Moment),  # by the adult, who may take it back
    Column("ended_at", Moment),  # by the candidate
    Index("ix_adults_email", "email"),
)
