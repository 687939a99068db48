"""Every table, with the rules that must hold even if a service were wrong. No queries here."""

from jobdating.db.tables.base import IS_LIVE, IS_WITH_RECRUITER, metadata, one_of
from jobdating.db.tables.bookings import announcements, attendance, bookings, waitlist, wishes
from jobdating.db.tables.estimates import estimates, told_times
from jobdating.db.tables.factors import (
    identities,
    passkey_challenges,
    passkeys,
    recovery_codes,
    second_factors,
)
from jobdating.db.tables.fairs import (
    IN_GRID,
    companies,
    fairs,
    offers,
    sites,
    slots,
    stand_trades,
    stands,
    training_sites,
    trainings,
)
from jobdating.db.tables.gaps import clashes, delays, gap_offers, gaps
from jobdating.db.tables.people import (
    accounts,
    api_tokens,
    candidate_trades,
    candidates,
    consents,
    documents,
    guesses,
    organisers,
    recruiters,
    sessions,
    sign_ins,
)
from jobdating.db.tables.permissions import adults, parents
from jobdating.db.tables.records import idempotency, journal, meta, outbox, uploads
from jobdating.db.tables.rehearsals import rehearsals
from jobdating.db.tables.repairs import repairs
from jobdating.db.tables.timetable import decisions, drafts, opinions, solicitations

__all__ = [
    "IN_GRID",
    "IS_LIVE",
    "IS_WITH_RECRUITER",
    "accounts",
    "adults",
    "announcements",
    "api_tokens",
    "attendance",
    "bookings",
    "candidate_trades",
    "candidates",
    "clashes",
    "companies",
    "consents",
    "decisions",
    "delays",
    "documents",
    "drafts",
    "estimates",
    "fairs",
    "gap_offers",
    "gaps",
    "guesses",
    "idempotency",
    "identities",
    "journal",
    "meta",
    "metadata",
    "offers",
    "one_of",
    "opinions",
    "organisers",
    "outbox",
    "parents",
    "passkey_challenges",
    "passkeys",
    "recovery_codes",
    "recruiters",
    "rehearsals",
    "repairs",
    "second_factors",
    "sessions",
    "sign_ins",
    "sites",
    "slots",
    "solicitations",
    "stand_trades",
    "stands",
    "told_times",
    "training_sites",
    "trainings",
    "uploads",
    "waitlist",
    "wishes",
]
