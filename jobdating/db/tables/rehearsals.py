"""Rehearsals of a fair's day: what was asked, how far it is, what came out. Says nothing of anybody."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, text

from jobdating.db.tables.base import id_, metadata, to
from jobdating.db.types import Moment

_UNDER_WAY = text("step IN ('play', 'wait')")

rehearsals = Table(
    "rehearsals",
    metadata,
    id_(),
    to("fairs", index=True),
    Column("account_id", Integer, ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("asked", JSON, nullable=False),  # the day, the seed, how full, the variations
    Column("asked_at", Moment, nullable=False),
    Column("step", String(12), nullable=False, server_default="wait"),
    Column("share", Integer, nullable=False, server_default="0"),  # percent that is played
    Column("step_at", Moment, nullable=False),  # wall time: when its process was last heard of
    Column("done_at", Moment),  # the last of its draws
    Column("result", JSON),  # an entry a variation with what each draw came to, the day as it is first
    Column("fault", String(40)),  # why it ended before its end
    Index(
        "one_rehearsal_at_a_time",
        "fair_id",
        unique=True,
        sqlite_where=_UNDER_WAY,
        postgresql_where=_UNDER_WAY,
    ),
)
