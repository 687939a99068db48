"""What the product keeps for itself: the journal, the outbox, keys of commands, files on their way in."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from jobdating.db.tables.base import id_, metadata, to
from jobdating.db.types import Moment

meta = Table("meta", metadata, Column("key", String(40), primary_key=True), Column("value", Text, nullable=False))

idempotency = Table(
    "idempotency",
    metadata,
    Column("account_id", Integer, primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("answer", JSON, nullable=False),
    Column("made_at", Moment, nullable=False),
)

uploads = Table(  # files of an import between their preview and their confirmation; emptied when done
    "uploads",
    metadata,
    id_(),
    to("fairs", index=True),
    Column("account_id", Integer, ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("name", String(200), nullable=False),
    Column("content", LargeBinary, nullable=False),  # a zip of the files
    Column("step", String(12), nullable=False, server_default="uploaded"),
    Column("step_at", Moment, nullable=False),
    Column("result", JSON),
    Column("made_at", Moment, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    id_(),
    Column("kind", String(40), nullable=False),
    Column("recipient", String(254), nullable=False),
    Column("language", String(2), nullable=False, server_default="fr"),
    Column("context", JSON, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("claimed_until", Moment),
    Column("sent_at", Moment),
    Column("failed_at", Moment),
    Column("error", Text),
    Index("ix_outbox_due_at", "due_at", sqlite_where=text("sent_at IS NULL"), postgresql_where=text("sent_at IS NULL")),
)

journal = Table(
    "journal",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("xid", BigInteger, nullable=False, index=True),  # PostgreSQL's transaction; 0 on SQLite
    to("fairs", nullable=True, index=True),
    Column("at", Moment, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("data", JSON, nullable=False),
    Column("trace", Text),  # the rows it left behind, for the replay of the day: see db/traces.py
    Column("account_id", Integer),  # who did it; NULL for the system
    Index(
        "ix_journal_turns",
        "fair_id",
        "id",
        sqlite_where=text("kind = 'DayTurned'"),
        postgresql_where=text("kind = 'DayTurned'"),
    ),
    sqlite_autoincrement=True,
)
