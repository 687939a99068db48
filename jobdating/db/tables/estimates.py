"""When those who wait will be called: as it is told now, and every time that was told before."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table

from jobdating.db.tables.base import metadata, one_of
from jobdating.db.types import Moment
from jobdating.domain.states import Why

estimates = Table(
    "estimates",
    metadata,
    Column("booking_id", Integer, ForeignKey("bookings.id", ondelete="CASCADE"), primary_key=True),
    Column("not_before", Moment, nullable=False),
    Column("low", Moment, nullable=False),
    Column("high", Moment, nullable=False),
    Column("why", String(16), nullable=False, server_default=Why.ON_TIME.value),  # what moves it most
    Column("pace_minutes", Integer, nullable=False, server_default="0"),  # what an interview takes at the stand
    Column("published_at", Moment, nullable=False),
    CheckConstraint(one_of("why", Why), name="why"),
)

told_times = Table(  # one row each time that an estimate was published: how honest they were is counted from these
    "told_times",
    metadata,
    Column("booking_id", Integer, ForeignKey("bookings.id", ondelete="CASCADE"), primary_key=True),
    Column("published_at", Moment, primary_key=True),
    Column("low", Moment, nullable=False),
    Column("likely", Moment, nullable=False),
    Column("high", Moment, nullable=False),
)
