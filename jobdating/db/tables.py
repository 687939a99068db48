"""Every table, with the rules that must hold even if a service were wrong. No queries here."""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from jobdating.db.types import Moment
from jobdating.domain.states import LIVE, WITH_RECRUITER, BookingState, Origin, SlotState, StandKind

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def one_of(column: str, words: Iterable[StrEnum]) -> str:
    """The condition, spelled out: for constraints, partial indexes, and statements compiled once."""
    return f"{column} IN ({', '.join(sorted(repr(word.value) for word in words))})"


IS_LIVE = one_of("state", LIVE)
IS_WITH_RECRUITER = one_of("state", WITH_RECRUITER)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=True)


def _to(target: str, *, nullable: bool = False, index: bool = False, primary_key: bool = False) -> Column[int]:
    name = {"accounts": "account_id", "companies": "company_id", "stands": "stand_id"}.get(target, f"{target[:-1]}_id")
    return Column(
        name,
        Integer,
        ForeignKey(f"{target}.id", ondelete="CASCADE"),
        nullable=nullable,
        index=index,
        primary_key=primary_key,
    )


meta = Table("meta", metadata, Column("key", String(40), primary_key=True), Column("value", Text, nullable=False))

accounts = Table(
    "accounts",
    metadata,
    _id(),
    Column("email", String(254), nullable=False, unique=True),  # lower case
    Column("first_name", String(120), nullable=False, server_default=""),
    Column("last_name", String(120), nullable=False, server_default=""),
    Column("phone", String(20)),
    Column("language", String(2), nullable=False, server_default="fr"),
    Column("administrator", Boolean, nullable=False, server_default=false()),
    Column("created_at", Moment, nullable=False),
)

fairs = Table(
    "fairs",
    metadata,
    _id(),
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
    Column("contact_email", String(254), nullable=False, server_default=""),
    Column("contact_phone", String(20), nullable=False, server_default=""),
    Column("room_provider", String(20), nullable=False, server_default="jitsi"),
    Column("room_hosts", JSON, nullable=False, server_default="[]"),  # hosts a plain link may lead to; [] means any
    Column("live_day", Date),  # the day that is being played, kept by the timekeeper; NULL before the first
    Column("free_from", Moment),  # slots before it start too soon to be taken; kept by the timekeeper
    Column("published", Boolean, nullable=False, server_default=true()),
    CheckConstraint("first_day <= last_day", name="days"),
    CheckConstraint("opens_at < closes_at", name="window"),
    CheckConstraint("interview_minutes > 0 AND buffer_minutes >= 0 AND gap_minutes >= 0 AND cap > 0", name="numbers"),
)

sites = Table(
    "sites",
    metadata,
    _id(),
    _to("fairs", index=True),
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
    _id(),
    _to("fairs", index=True),
    Column("title", String(200), nullable=False),
    Column("trade", String(80), nullable=False),
    Column("level", String(20), nullable=False),
    Column("months", Integer),
    UniqueConstraint("fair_id", "title"),
)

training_sites = Table(
    "training_sites", metadata, _to("trainings", primary_key=True), _to("sites", primary_key=True, index=True)
)

companies = Table(
    "companies",
    metadata,
    _id(),
    _to("fairs", index=True),
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
    _id(),
    _to("companies", index=True),
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
    _id(),
    _to("fairs", index=True),
    _to("companies", index=True),
    Column("slug", String(120), nullable=False),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False, server_default=StandKind.INTERVIEW.value),
    Column("capacity", Integer, nullable=False, server_default="1"),
    _to("sites", nullable=True),
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
    Column("connected_since", Moment),  # a recruiter of the stand has the cockpit open
    Column("seen_at", Moment),  # last time one had
    Column("delay_minutes", Integer, nullable=False, server_default="0"),  # of the next start, kept by the timekeeper
    UniqueConstraint("fair_id", "slug"),
    CheckConstraint("capacity > 0", name="capacity"),
)

stand_trades = Table(
    "stand_trades", metadata, _to("stands", primary_key=True), Column("trade", String(80), primary_key=True)
)

recruiters = Table(
    "recruiters",
    metadata,
    _id(),
    _to("stands", index=True),
    _to("accounts", index=True),
    Column("lead", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("stand_id", "account_id"),
)

organisers = Table(
    "organisers", metadata, _id(), _to("fairs"), _to("accounts", index=True), UniqueConstraint("fair_id", "account_id")
)

candidates = Table(
    "candidates",
    metadata,
    _id(),
    _to("fairs"),
    _to("accounts", index=True),
    _to("sites", nullable=True),
    Column("level", String(20), nullable=False, server_default=""),
    Column("age_band", String(10), nullable=False, server_default=""),
    Column("availability", JSON),  # [[start, end], …] ISO UTC; NULL means all the fair
    Column("about", Text, nullable=False, server_default=""),
    Column("connected_since", Moment),
    Column("seen_at", Moment),
    Column("checked_in_on", Date),  # the last day on which the candidate said "je suis là"
    Column("registered_at", Moment, nullable=False),
    UniqueConstraint("fair_id", "account_id"),
)

candidate_trades = Table(
    "candidate_trades", metadata, _to("candidates", primary_key=True), Column("trade", String(80), primary_key=True)
)

documents = Table(
    "documents",
    metadata,
    _id(),
    Column("candidate_id", Integer, ForeignKey("candidates.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("filename", String(200), nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("uploaded_at", Moment, nullable=False),
)

slots = Table(
    "slots",
    metadata,
    _id(),
    _to("stands"),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("capacity", Integer, nullable=False, server_default="1"),
    Column("state", String(10), nullable=False, server_default=SlotState.OPEN.value),
    UniqueConstraint("stand_id", "starts_at"),
    CheckConstraint("starts_at < ends_at", name="span"),
    CheckConstraint("capacity > 0", name="capacity"),
    CheckConstraint(one_of("state", SlotState), name="state"),
)

bookings = Table(
    "bookings",
    metadata,
    _id(),
    _to("fairs"),
    _to("stands"),
    _to("candidates"),
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

estimates = Table(
    "estimates",
    metadata,
    Column("booking_id", Integer, ForeignKey("bookings.id", ondelete="CASCADE"), primary_key=True),
    Column("not_before", Moment, nullable=False),
    Column("low", Moment, nullable=False),
    Column("high", Moment, nullable=False),
    Column("published_at", Moment, nullable=False),
)

wishes = Table(
    "wishes",
    metadata,
    _to("candidates", primary_key=True),
    _to("stands", primary_key=True, index=True),
    Column("rank", Integer, nullable=False),
    Column("eligible", Boolean, nullable=False),
    CheckConstraint("rank > 0", name="rank"),
)

waitlist = Table(
    "waitlist",
    metadata,
    _id(),
    _to("stands"),
    _to("candidates", index=True),
    Column("joined_at", Moment, nullable=False),
    UniqueConstraint("stand_id", "candidate_id"),
)

announcements = Table(
    "announcements",
    metadata,
    _id(),
    _to("fairs", index=True),
    _to("stands", nullable=True),  # its waiters only
    _to("sites", nullable=True),  # the candidates of a site only
    Column("text", Text, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("account_id", Integer, ForeignKey("accounts.id", ondelete="SET NULL")),
)

attendance = Table(  # one row each five minutes of the fair's clock, kept by the timekeeper
    "attendance",
    metadata,
    _to("fairs", primary_key=True),
    Column("at", Moment, primary_key=True),
    Column("expected", Integer, nullable=False),
    Column("around", Integer, nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("running", Integer, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    _id(),
    _to("accounts", index=True),
    _to("fairs", nullable=True),
    Column("given_by", String(250), nullable=False),  # the account's own address, or a parent's
    Column("wording", Text, nullable=False),  # as it was read
    Column("given_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    _id(),
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

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),  # hash of the cookie's secret
    _to("accounts", index=True),
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
    _id(),
    _to("accounts", index=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("name", String(80), nullable=False, server_default=""),
    Column("made_at", Moment, nullable=False),
    Column("used_at", Moment),
)

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
    _id(),
    _to("fairs", index=True),
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
    _id(),
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
    _to("fairs", nullable=True, index=True),
    Column("at", Moment, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("data", JSON, nullable=False),
    Column("account_id", Integer),  # who did it; NULL for the system
    sqlite_autoincrement=True,
)
