"""Drafts of the timetable, what was decided by hand, what stands think of candidates, and whom one has asked to wish."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    false,
)

from jobdating.db.tables.base import metadata, one_of, to
from jobdating.db.types import Moment
from jobdating.domain.wishing import Decision

drafts = Table(  # one a letter: what organisers compare, and the mending of what was published
    "drafts",
    metadata,
    to("fairs", primary_key=True),
    Column("letter", String(1), primary_key=True),
    Column("preset", String(20), nullable=False),
    Column("policy", JSON, nullable=False),
    Column("step", String(12), nullable=False, server_default="idle"),
    Column("step_at", Moment, nullable=False),
    Column("solved_at", Moment),
    Column("figures", JSON),
    Column("interviews", JSON),  # [[candidate, slot, whether it was booked before], …]
    Column("denied", JSON),  # [[candidate, stand, code], …]
    Column("trouble", JSON),  # what was wrong when it could not be solved: [[problem, params], …]
)

decisions = Table(  # pairs an organiser wants, or does not want
    "decisions",
    metadata,
    to("candidates", primary_key=True),
    to("stands", primary_key=True, index=True),
    Column("decision", String(10), nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("account_id", Integer, ForeignKey("accounts.id", ondelete="SET NULL")),
    CheckConstraint(one_of("decision", Decision), name="decision"),
)

opinions = Table(  # a stand's own: a rank among those it would like to meet, or a refusal
    "opinions",
    metadata,
    to("stands", primary_key=True),
    to("candidates", primary_key=True, index=True),
    Column("rank", Integer),
    Column("refused", Boolean, nullable=False, server_default=false()),
    Column("given_at", Moment, nullable=False),
    CheckConstraint("(rank IS NULL) = refused", name="one_of_both"),
    CheckConstraint("rank IS NULL OR rank > 0", name="rank"),
)

solicitations = Table(  # who was asked to wish: for a stand, or (stand NULL) to rank anything at all
    "solicitations",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    to("candidates", index=True),
    to("stands", nullable=True, index=True),
    Column("asked_at", Moment, nullable=False),
)
