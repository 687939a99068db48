"""What an event left behind: the rows of a fair's day as they are after it, kept with its entry for the replay.

A journal entry is the last step of its transaction, so the rows are read as they will be committed. The rules are
LEAVES, one line an event: a new event gets its line here, or `tests/db/test_traces.py` fails and says so. Nothing that
somebody wrote and nothing that names anybody is kept: no text, no name, no address; people are ids.

A trace is JSON: parts of `{"in": table, "columns": […], "rows": [[…]]}`, values as SQLite stores them. `whole` rows are
NULL where a column is not named, others keep what they had; with `of`, the rows are all that match it.
"""

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Table,
    Text,
    and_,
    bindparam,
    func,
    or_,
    select,
    text,
    type_coerce,
)

from jobdating.db import tables as t
from jobdating.db.statement import Statement
from jobdating.db.types import Moment
from jobdating.domain import events
from jobdating.domain.states import WAITING, WITH_RECRUITER
from jobdating.domain.window import day_span

Part = dict[str, Any]
Rule = Callable[[Connection, Any, datetime], list[Part]]

# Of a stand, what only its settings change: left out of the many entries of a day.
_SETTINGS = frozenset(
    {
        "fair_id", "company_id", "slug", "name", "kind", "capacity", "site_id", "room_provider", "asks_confirmation",
        "takes_walk_ins", "availability",
    }
)  # fmt: skip
_PRIVATE = {
    "bookings": frozenset({"note", "rating", "next_step", "reviewed_at"}),
    "stands": frozenset({"room_url", "phone"}),
    "fairs": frozenset({"contact_email", "contact_phone", "room_hosts"}),
}
_ONLY = {
    "candidates": frozenset({"id", "fair_id", "account_id", "connected_since", "seen_at", "registered_at"}),
    "companies": frozenset({"id", "fair_id", "slug", "name", "town"}),
    "sites": frozenset({"id", "fair_id", "name"}),
}


class _Reading:
    """Rows of one table under a condition, as plain values, with a statement that is compiled once."""

    def __init__(
        self, table: Table, where: ColumnElement[bool], *, but: Iterable[str] = (), whole: bool = True
    ) -> None:
        self._columns = [column for column in columns_of(table) if column.name not in set(but)]
        self._names = [column.name for column in self._columns]
        self._statement = Statement(select(*(_stored(column) for column in self._columns)).where(where))
        self._part: Part = {"in": table.name, **({"whole": 1} if whole else {})}

    def __call__(self, tx: Connection, /, of: dict[str, Any] | None = None, **values: object) -> list[Part]:
        """One part; without `of`, none when there are no rows."""
        rows = [[_plain(value) for value in row] for row in self._statement.all(tx, **values)]
        if not rows and of is None:
            return []
        names = self._names
        if "whole" in self._part and len(rows) == 1:  # what is NULL need not be said
            said = [index for index, value in enumerate(rows[0]) if value is not None]
            names, rows = [names[index] for index in said], [[rows[0][index] for index in said]]
        return [{**self._part, **({} if of is None else {"of": of}), "columns": names, "rows": rows}]


def columns_of(table: Table) -> list[Column[Any]]:
    """What is kept of a table."""
    private, only = _PRIVATE.get(table.name, frozenset()), _ONLY.get(table.name)
    return [
        column
        for column in table.columns
        if not isinstance(column.type, Text) and column.name not in private and (only is None or column.name in only)
    ]


def left_by(tx: Connection, event: events.Event, *, at: datetime) -> str | None:
    """The trace of an event that is about to be written, or None when it leaves nothing that the wall shows."""
    parts = LEAVES.get(type(event).__name__, _nothing)(tx, event, at)
    return json.dumps(parts, separators=(",", ":")) if parts else None


def _stored(column: Column[Any]) -> ColumnElement[Any]:
    return type_coerce(column, BigInteger if isinstance(column.type, Moment) else Text).label(column.name)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, list | dict) else value


_fair_id: Any = bindparam("fair_id")
_stand_id: Any = bindparam("stand_id")
_start: Any = bindparam("start")
_end: Any = bindparam("end")
_OF_FAIR = t.stands.c.fair_id == _fair_id
_STANDS_OF_FAIR = select(t.stands.c.id).where(_OF_FAIR)
_OF_DAY = and_(
    t.bookings.c.fair_id == _fair_id,
    or_(
        and_(t.bookings.c.queued_at >= _start, t.bookings.c.queued_at < _end),
        text(t.one_of("bookings.state", WAITING | WITH_RECRUITER)),  # of any day: a stand that expects somebody
    ),
)
_TODAY = and_(t.slots.c.starts_at >= _start, t.slots.c.starts_at < _end)

_FAIR = Statement(select(t.fairs.c.live_day, t.fairs.c.timezone).where(t.fairs.c.id == _fair_id))
_FAIR_ROW = _Reading(t.fairs, t.fairs.c.id == _fair_id)
_SITES = _Reading(t.sites, t.sites.c.fair_id == _fair_id)
_COMPANIES = _Reading(t.companies, t.companies.c.fair_id == _fair_id)
_STANDS = _Reading(t.stands, _OF_FAIR)
_TRADES = _Reading(t.stand_trades, t.stand_trades.c.stand_id.in_(_STANDS_OF_FAIR))
_SLOTS = _Reading(t.slots, and_(t.slots.c.stand_id.in_(_STANDS_OF_FAIR), _TODAY))
_BOOKINGS = _Reading(t.bookings, _OF_DAY)
_ESTIMATES = _Reading(t.estimates, t.estimates.c.booking_id.in_(select(t.bookings.c.id).where(_OF_DAY)))
_CANDIDATES = _Reading(t.candidates, t.candidates.c.fair_id == _fair_id)
_SAMPLES = _Reading(
    t.attendance,
    and_(t.attendance.c.fair_id == _fair_id, t.attendance.c.at >= _start, t.attendance.c.at < _end),
)
_DELAYS = _Reading(
    t.delays, and_(t.delays.c.stand_id.in_(_STANDS_OF_FAIR), t.delays.c.at >= _start, t.delays.c.at < _end)
)

_IS_LIVE = select(t.fairs.c.id).where(t.fairs.c.id == t.bookings.c.fair_id, t.fairs.c.live_day.is_not(None)).exists()
_BOOKING = _Reading(t.bookings, and_(t.bookings.c.id == bindparam("booking_id"), _IS_LIVE))
_CANDIDATE = _Reading(t.candidates, t.candidates.c.id == bindparam("candidate_id"))
_PULSE = _Reading(t.stands, t.stands.c.id == _stand_id, but=_SETTINGS, whole=False)
_STAND = _Reading(t.stands, t.stands.c.id == _stand_id)
_TRADES_OF_STAND = _Reading(t.stand_trades, t.stand_trades.c.stand_id == _stand_id)
_SLOTS_OF_STAND = _Reading(t.slots, and_(t.slots.c.stand_id == _stand_id, _TODAY))
_BOOKINGS_OF_STAND = _Reading(t.bookings, and_(t.bookings.c.stand_id == _stand_id, _OF_DAY))
_SLOT = _Reading(t.slots, t.slots.c.id == bindparam("slot_id"))
_PUBLISHED = _Reading(
    t.estimates,
    and_(
        t.estimates.c.booking_id.in_(select(t.bookings.c.id).where(t.bookings.c.stand_id == _stand_id)),
        t.estimates.c.published_at == bindparam("at"),
    ),
)
_LATEST = select(func.max(t.attendance.c.at)).where(t.attendance.c.fair_id == _fair_id).scalar_subquery()
_SAMPLE = _Reading(t.attendance, and_(t.attendance.c.fair_id == _fair_id, t.attendance.c.at == _LATEST))
_DELAY = _Reading(t.delays, and_(t.delays.c.stand_id.in_(_STANDS_OF_FAIR), t.delays.c.at == _LATEST))


def _nothing(tx: Connection, event: events.Event, at: datetime) -> list[Part]:
    return []


def _booking(tx: Connection, event: Any, at: datetime) -> list[Part]:
    """A booking, once the fair is live: what came before is in what its first day begins with."""
    return _BOOKING(tx, booking_id=event.booking_id)


def _candidate(tx: Connection, event: events.CandidateEvent, at: datetime) -> list[Part]:
    return _CANDIDATE(tx, candidate_id=event.candidate_id)


def _stand(tx: Connection, event: events.StandEvent, at: datetime) -> list[Part]:
    return _PULSE(tx, stand_id=event.stand_id)


def _slot(tx: Connection, event: events.SlotBlocked | events.SlotReopened, at: datetime) -> list[Part]:
    return _SLOT(tx, slot_id=event.slot_id)


def _estimates(tx: Connection, event: events.EstimatesMoved, at: datetime) -> list[Part]:
    return [*_PULSE(tx, stand_id=event.stand_id), *_PUBLISHED(tx, stand_id=event.stand_id, at=at)]


def _sample(tx: Connection, event: events.AttendanceSampled, at: datetime) -> list[Part]:
    return [*_SAMPLE(tx, fair_id=event.fair_id), *_DELAY(tx, fair_id=event.fair_id)]


def _trouble(tx: Connection, event: events.StandEvent, at: datetime) -> list[Part]:
    return [*_fair(tx, event, at), *_stand(tx, event, at)]


def _fair(tx: Connection, event: events.Event, at: datetime) -> list[Part]:
    return _FAIR_ROW(tx, fair_id=event.fair_id)


def _stand_anew(tx: Connection, event: events.StandEvent, at: datetime) -> list[Part]:
    """All of a stand. Before the fair is live nothing is replayed, and nothing is kept."""
    live = _live(tx, event)
    if live is None:
        return []
    of: dict[str, Any] = {"stand_id": event.stand_id}
    return [
        *_STAND(tx, **of),
        *_TRADES_OF_STAND(tx, of=of, **of),
        *_SLOTS_OF_STAND(tx, of=of, **of, start=live["start"], end=live["end"]),
        *_BOOKINGS_OF_STAND(tx, **of, **live),
    ]


def _everything(tx: Connection, event: events.Event, at: datetime) -> list[Part]:
    """The whole fair on its live day: where a replay begins, and what it goes on from after a change in bulk."""
    live = _live(tx, event)
    if live is None:
        return []
    fair: dict[str, Any] = {"fair_id": live["fair_id"]}
    alone = (_FAIR_ROW, _SITES, _COMPANIES, _STANDS, _TRADES, _CANDIDATES)
    of_day = (_SLOTS, _BOOKINGS, _ESTIMATES, _SAMPLES, _DELAYS)
    return [
        *(part for reading in alone for part in reading(tx, of={}, **fair)),
        *(part for reading in of_day for part in reading(tx, of={}, **live)),
    ]


def _live(tx: Connection, event: events.Event) -> dict[str, Any] | None:
    """The fair and the span of its live day."""
    found = _FAIR.first(tx, fair_id=event.fair_id)
    if found is None or found.live_day is None:
        return None
    start, end = day_span(found.live_day, found.timezone)
    return {"fair_id": event.fair_id, "start": start, "end": end}


# What each kind of event leaves. `_nothing` is for what no part of the wall shows.
LEAVES: dict[str, Rule] = {
    "BookingMade": _booking,
    "BookingConfirmed": _booking,
    "BookingMoved": _booking,
    "BookingCancelled": _booking,
    "BookingRestored": _booking,
    "CandidateCheckedIn": _booking,
    "CandidateSteppedAside": _booking,
    "CandidateRunsLate": _booking,
    "PhoneAsked": _booking,
    "EarlyAsked": _booking,
    "EarlyAnswered": _booking,
    "CandidateCalled": _booking,
    "InterviewStarted": _booking,
    "InterviewExtended": _booking,
    "InterviewFinished": _booking,
    "InterviewReviewed": _nothing,
    "CandidateMissed": _booking,
    "RoomEntered": _booking,
    "StandChanged": _stand_anew,
    "StandRepaired": _stand_anew,
    "RepairUndone": _stand_anew,
    "RepairSettled": _nothing,
    "StandWentAway": _stand,
    "StandCameBack": _stand,
    "StandTurned": _stand,
    "StandPresenceChanged": _stand,
    "SlotBlocked": _slot,
    "SlotReopened": _slot,
    "WaitlistJoined": _nothing,
    "WaitlistLeft": _nothing,
    "EstimatesMoved": _estimates,
    "TurnChanged": _stand,
    "TroubleChanged": _trouble,
    "GapOpened": _nothing,
    "GapOffered": _nothing,
    "GapDeclined": _nothing,
    "GapTaken": _booking,
    "GapClosed": _nothing,
    "ClashFound": _nothing,
    "ClashGone": _nothing,
    "PlaceYielded": _nothing,
    "InterviewsExported": _nothing,
    "NotesRead": _nothing,
    "CandidateRegistered": _candidate,
    "ProfileChanged": _candidate,
    "WishesRanked": _nothing,
    "CandidatePresenceChanged": _candidate,
    "DocumentRead": _nothing,
    "ProfileRead": _nothing,
    "ParentAsked": _nothing,
    "PermissionChanged": _nothing,
    "KeepingChanged": _nothing,
    "PaperChanged": _nothing,
    "AdultChanged": _nothing,
    "OpinionGiven": _nothing,
    "PairDecided": _nothing,
    "WishesAsked": _nothing,
    "PolicyWeighed": _nothing,
    "TimetableDrafted": _nothing,
    "TimetablePublished": _everything,
    "RestOpened": _everything,
    "AnnouncementSent": _nothing,
    "FairChanged": _everything,
    "FairImported": _everything,
    "FairExported": _nothing,
    "AuditExported": _nothing,
    "PeopleForgotten": _nothing,
    "DayTurned": _everything,
    "PlacesPassed": _fair,
    "AttendanceSampled": _sample,
    "DemoClockSet": _nothing,
    "RightsChanged": _nothing,
    "SignedIn": _nothing,
    "SignInRefused": _nothing,
    "SecondFactorHeld": _nothing,
    "SecondFactorChanged": _nothing,
    "LeadChanged": _nothing,
    "AccountErased": _nothing,
}
