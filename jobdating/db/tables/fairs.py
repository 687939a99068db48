"""A fair and what it offers: sites, trainings, companies with their offers, stands with their slots."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

from jobdating.db.tables.base import id_, metadata, one_of, to
from jobdating.db.types import Moment
from jobdating.domain.states import SlotState, StandKind
from jobdating.domain.wishing import Mode

fairs = Table(
    "fairs",
    metadata,
    id_(),
    Column("slug", String(80), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("timezone", String(40), nullable=False, server_default="Europe/Paris"),
    Column("hours", JSON, nullable=False),  # [["09:00", "12:00"], …] local
    Column("opens_at", Moment, nullable=False),
    Column("closes_at", Moment, nullable=False),
    Column("interview_minutes", Integer, nullable=False),
    Column("buffer_minutes", Integer, nullable=False),
    Column("gap_minutes", Integer, nullable=False, server_default="15"),  # free time between two interviews of a person
    Column("lead_minutes", Integer, nullable=False, server_default="30"),
    Column("cap", Integer, nullable=False),
    Column("grace_minutes", Integer, nullable=False, server_default="5"),
    Column("undo_minutes", Integer, nullable=False, server_default="10"),  # how long a repair can be taken back
    Column("refill", Boolean, nullable=False, server_default=true()),  # gaps of the day are offered to who fits
    Column("refill_group", Integer, nullable=False, server_default="3"),  # how many are asked at a time
    Column("contact_email", String(254), nullable=False, server_default=""),
    Column("contact_phone", String(20), nullable=False, server_default=""),
    Column("room_provider", String(20), nullable=False, server_default="jitsi"),
    Column("room_hosts", JSON, nullable=False, server_default="[]"),  # hosts a plain link may lead to; [] means any
    Column("live_day", Date),  # the day that is being played, kept by the timekeeper; NULL before the first
    Column("free_from", Moment),  # slots before it start too soon to be taken; kept by the timekeeper
    Column("looked_at", Moment),  # the moment that what needs a hand is told as of; kept by the timekeeper
    Column("mode", String(10), nullable=False, server_default=Mode.OPEN.value),
    Column("wishes_until", Moment),  # after it nobody ranks; NULL means no deadline yet
    Column("timetable_at", Moment),  # when the timetable was published
    Column("rest_open", Boolean, nullable=False, server_default=false()),  # what it left may be booked
    Column("published", Boolean, nullable=False, server_default=true()),
    CheckConstraint(one_of("mode", Mode), name="mode"),
    CheckConstraint("first_day <= last_day", name="days"),
    CheckConstraint("opens_at < closes_at", name="window"),
    CheckConstraint("interview_minutes > 0 AND buffer_minutes >= 0 AND gap_minutes >= 0 AND cap > 0", name="numbers"),
)

sites = Table(
    "sites",
    metadata,
    id_(),
    to("fairs", index=True),
    Column("name", String(120), nullable=False),
    Column("address", String(200), nullable=False, server_default=""),
    Column("postcode", String(10), nullable=False, server_default=""),
    Column("open_days", JSON, nullable=False, server_default="[]"),  # open doors: [{"day": …, "hours": [[…]]}]
    Column("visit_capacity", Integer),
    UniqueConstraint("fair_id", "name"),
)

trainings = Table(
    "trainings",
    metadata,
    id_(),
    to("fairs", index=True),
    Column("title", String(200), nullable=False),
    Column("trade", String(80), nullable=False),
    Column("level", String(20), nullable=False),
    Column("months", Integer),
    UniqueConstraint("fair_id", "title"),
)

training_sites = Table(
    "training_sites", metadata, to("trainings", primary_key=True), to("sites", primary_key=True, index=True)
)

companies = Table(
    "companies",
    metadata,
    id_(),
    to("fairs", index=True),
    Column("slug", String(120), nullable=False),
    Column("name", String(200), nullable=False),
    Column("postcode", String(10), nullable=False, server_default=""),
    Column("town", String(120), nullable=False, server_default=""),
    Column("sector", String(120), nullable=False, server_default=""),
    Column("headcount", String(40), nullable=False, server_default=""),
    Column("website", String(300), nullable=False, server_default=""),
    Column("about", Text, nullable=False, server_default=""),
    UniqueConstraint("fair_id", "slug"),
)

offers = Table(
    "offers",
    metadata,
    id_(),
    to("companies", index=True),
    Column("title", String(200), nullable=False),
    Column("trade", String(80), nullable=False),
    Column("level", String(20), nullable=False),
    Column("contract", String(40), nullable=False, server_default=""),
    Column("place", String(120), nullable=False, server_default=""),
    Column("posts", Integer, nullable=False, server_default="1"),
    Column("about", Text, nullable=False, server_default=""),
)

stands = Table(
    "stands",
    metadata,
    id_(),
    to("fairs", index=True),
    to("companies", index=True),
    Column("slug", String(120), nullable=False),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False, server_default=StandKind.INTERVIEW.value),
    Column("capacity", Integer, nullable=False, server_default="1"),
    to("sites", nullable=True),
    Column("room_provider", String(20), nullable=False, server_default="auto"),
    Column("room_url", String(500), nullable=False, server_default=""),
    Column("phone", String(20), nullable=False, server_default=""),
    Column("asks_confirmation", Boolean, nullable=False, server_default=false()),
    Column("takes_walk_ins", Boolean, nullable=False, server_default=true()),
    Column(
        "availability", JSON, nullable=False, server_default="[]"
    ),  # [[start, end], …] ISO UTC: what slots were cut from
    Column("closed", Boolean, nullable=False, server_default=false()),
    Column("away_since", Moment),
    Column("shut_until", Moment),  # takes nobody without an appointment until then; kept by repairs and the timekeeper
    Column("connected_since", Moment),  # a recruiter of the stand has the cockpit open
    Column("seen_at", Moment),  # last time one had
    Column("delay_minutes", Integer, nullable=False, server_default="0"),  # of the next start, kept by the timekeeper
    Column("turned_at", Moment),  # when the passing of time last changed whom to call; kept by the timekeeper
    UniqueConstraint("fair_id", "slug"),
    CheckConstraint("capacity > 0", name="capacity"),
)

stand_trades = Table(
    "stand_trades", metadata, to("stands", primary_key=True), Column("trade", String(80), primary_key=True)
)

slots = Table(
    "slots",
    metadata,
    id_(),
    to("stands"),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("capacity", Integer, nullable=False, server_default="1"),
    Column("state", String(10), nullable=False, server_default=SlotState.OPEN.value),
    Column("retired_as", String(10)),  # the state it had when the grid left it out; NULL within the grid
    UniqueConstraint("stand_id", "starts_at"),
    CheckConstraint("starts_at < ends_at", name="span"),
    CheckConstraint("capacity > 0", name="capacity"),
    CheckConstraint(one_of("state", SlotState), name="state"),
    CheckConstraint(f"retired_as IS NULL OR ({one_of('retired_as', SlotState)} AND state = 'blocked')", name="retired"),
)

# A slot outside the grid is kept for the history of its bookings and shown nowhere.
IN_GRID = slots.c.retired_as.is_(None)
