"""Time that a stand has to spare on the day, and to whom it is offered; people who are wanted in two rooms at once."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from jobdating.db.tables.base import id_, metadata, one_of, to
from jobdating.db.types import Moment
from jobdating.domain.states import GapState, OfferState

_OPEN, _OFFERED, _ACCEPTED = (
    f"state = '{state.value}'" for state in (GapState.OPEN, OfferState.OFFERED, OfferState.ACCEPTED)
)

gaps = Table(
    "gaps",
    metadata,
    id_(),
    to("fairs", index=True),
    to("stands"),
    Column("cause_id", Integer, ForeignKey("bookings.id", ondelete="CASCADE"), nullable=False),  # missed, or over early
    Column("state", String(10), nullable=False, server_default=GapState.OPEN.value),
    Column("taken_by", Integer, ForeignKey("bookings.id", ondelete="CASCADE")),
    Column("opened_at", Moment, nullable=False),
    Column("until", Moment, nullable=False),  # whoever takes it must have left: the next booked person's time
    Column("closed_at", Moment),
    CheckConstraint(one_of("state", GapState), name="state"),
    CheckConstraint("opened_at < until", name="span"),
    CheckConstraint("(state = 'taken') = (taken_by IS NOT NULL)", name="taken"),
    Index("one_open_gap_per_stand", "stand_id", unique=True, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
    Index("ix_gaps_stand_id_opened_at", "stand_id", "opened_at"),
    Index("ix_gaps_cause_id", "cause_id"),
)

gap_offers = Table(
    "gap_offers",
    metadata,
    id_(),
    Column("gap_id", Integer, ForeignKey("gaps.id", ondelete="CASCADE"), nullable=False),
    to("candidates"),
    Column("state", String(10), nullable=False, server_default=OfferState.OFFERED.value),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),
    CheckConstraint(one_of("state", OfferState), name="state"),
    UniqueConstraint("gap_id", "candidate_id"),
    Index("one_taker_per_gap", "gap_id", unique=True, sqlite_where=text(_ACCEPTED), postgresql_where=text(_ACCEPTED)),
    Index(
        "one_offer_per_candidate",
        "candidate_id",
        unique=True,
        sqlite_where=text(_OFFERED),
        postgresql_where=text(_OFFERED),
    ),
)

clashes = Table(
    "clashes",
    metadata,
    id_(),
    to("fairs", index=True),
    to("candidates"),
    Column("first_id", Integer, ForeignKey("bookings.id", ondelete="CASCADE"), nullable=False),  # expected first
    Column("second_id", Integer, ForeignKey("bookings.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("first_at", Moment, nullable=False),  # when each is expected to be called
    Column("second_at", Moment, nullable=False),
    Column("found_at", Moment, nullable=False),
    Column("yielded_id", Integer, ForeignKey("bookings.id", ondelete="CASCADE")),  # whose stand lets the other go first
    UniqueConstraint("first_id", "second_id"),
    CheckConstraint("yielded_id IS NULL OR yielded_id IN (first_id, second_id)", name="yielded"),
)

delays = Table(  # one row each five minutes for a stand that runs late, kept by the timekeeper
    "delays",
    metadata,
    to("stands", primary_key=True),
    Column("at", Moment, primary_key=True),
    Column("minutes", Integer, nullable=False),
)
