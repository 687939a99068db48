"""Who meets whom, when, and who would like to; what is told and counted while it happens."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from jobdating.db.tables.base import IS_LIVE, IS_WITH_RECRUITER, id_, metadata, one_of, to
from jobdating.db.types import Moment
from jobdating.domain.states import BookingState, Origin

bookings = Table(
    "bookings",
    metadata,
    id_(),
    to("fairs"),
    to("stands"),
    to("candidates"),
    Column("slot_id", Integer, ForeignKey("slots.id")),  # NULL for a walk-in
    Column("seat", Integer),
    Column("state", String(12), nullable=False),
    Column("origin", String(12), nullable=False, server_default=Origin.SLOT.value),
    Column("starts_at", Moment),  # planned; a walk-in has none until it is called
    Column("ends_at", Moment),
    Column("queued_at", Moment, nullable=False),  # orders walk-ins, and those who stepped aside
    Column("stepped_aside_at", Moment),
    Column("expires_at", Moment),  # of a held place
    Column("checked_in_at", Moment),
    Column("late_until", Moment),  # "j'arrive": the place is kept until then, and the grace after
    Column("phone_asked_at", Moment),  # wants to be phoned: cannot connect
    Column("early_asked_at", Moment),  # the stand asked whether they come before their time
    Column("early_agreed_at", Moment),
    Column("early_refused_at", Moment),
    Column("gap_taken_at", Moment),  # took a gap that was offered: goes first
    Column("called_at", Moment),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    Column("extra_minutes", Integer, nullable=False, server_default="0"),
    Column("candidate_in_room_at", Moment),
    Column("recruiter_in_room_at", Moment),
    Column("cancelled_by", String(10)),
    Column("previous_state", String(12)),  # what an undo goes back to
    Column("next_step", String(20), nullable=False, server_default="undecided"),
    Column("rating", Integer),
    Column("note", Text, nullable=False, server_default=""),
    Column("reviewed_at", Moment),
    Column("made_at", Moment, nullable=False),
    CheckConstraint(one_of("state", BookingState), name="state"),
    CheckConstraint("(slot_id IS NULL) = (seat IS NULL)", name="seat"),
    CheckConstraint(
        "(starts_at IS NULL) = (ends_at IS NULL) AND (starts_at IS NULL OR starts_at < ends_at)", name="span"
    ),
    CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="rating"),
    Index(
        "one_booking_per_seat",
        "slot_id",
        "seat",
        unique=True,
        sqlite_where=text(IS_LIVE),
        postgresql_where=text(IS_LIVE),
    ),
    Index(
        "one_room_per_candidate",
        "candidate_id",
        unique=True,
        sqlite_where=text(IS_WITH_RECRUITER),
        postgresql_where=text(IS_WITH_RECRUITER),
    ),
    Index("ix_bookings_candidate_id", "candidate_id"),
    Index("ix_bookings_stand_id_starts_at", "stand_id", "starts_at"),
    Index("ix_bookings_fair_id_state", "fair_id", "state"),
    Index(
        "ix_bookings_expires_at",
        "expires_at",
        sqlite_where=text("state = 'held'"),
        postgresql_where=text("state = 'held'"),
    ),
)

wishes = Table(
    "wishes",
    metadata,
    to("candidates", primary_key=True),
    to("stands", primary_key=True, index=True),
    Column("rank", Integer, nullable=False),
    Column("eligible", Boolean, nullable=False),
    Column("denied", String(20)),  # why the published timetable did not meet it; NULL when it did, or before
    CheckConstraint("rank > 0", name="rank"),
)

waitlist = Table(
    "waitlist",
    metadata,
    id_(),
    to("stands"),
    to("candidates", index=True),
    Column("joined_at", Moment, nullable=False),
    UniqueConstraint("stand_id", "candidate_id"),
)

announcements = Table(
    "announcements",
    metadata,
    id_(),
    to("fairs", index=True),
    to("stands", nullable=True),  # its waiters only
    to("sites", nullable=True),  # the candidates of a site only
    Column("text", Text, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("account_id", Integer, ForeignKey("accounts.id", ondelete="SET NULL")),
)

attendance = Table(  # one row each five minutes of the fair's clock, kept by the timekeeper
    "attendance",
    metadata,
    to("fairs", primary_key=True),
    Column("at", Moment, primary_key=True),
    Column("expected", Integer, nullable=False),
    Column("around", Integer, nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("running", Integer, nullable=False),
)
