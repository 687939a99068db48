"""What was done with the people of a stand together, so that it can be shown and taken back as a whole."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, text

from jobdating.db.tables.base import id_, metadata, to
from jobdating.db.types import Moment

repairs = Table(
    "repairs",
    metadata,
    id_(),
    to("fairs"),
    to("stands", index=True),
    Column("way", String(10), nullable=False),
    Column("data", JSON, nullable=False),  # domain.repair.Record: ids, times and states, before and after
    Column("account_id", Integer, ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("made_at", Moment, nullable=False),
    Column("undo_until", Moment, nullable=False),
    Column("settled_at", Moment),  # when it was undone, or could not be any more
    Column("undone_at", Moment),
    Column("shuts_at", Moment),  # takes nobody without an appointment from here
    Column("reopens_at", Moment),  # to there; both NULL unless it closed the stand
    Index(
        "ix_repairs_undo_until",
        "undo_until",
        sqlite_where=text("settled_at IS NULL"),
        postgresql_where=text("settled_at IS NULL"),
    ),
)
