"""Understands the first sheet: the frame of the fair, which every other sheet is read by. Touches no database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jobdating.domain.content import Current, Item, Kind
from jobdating.domain.grid import Rhythm, fair_hours
from jobdating.domain.slots import Span
from jobdating.domain.states import RoomProvider
from jobdating.domain.wishing import Mode
from jobdating.exchange.layout import FAIR
from jobdating.exchange.parsing import days, hours, people, rooms, words
from jobdating.exchange.parsing.days import Calendar
from jobdating.exchange.parsing.hours import Hours
from jobdating.exchange.parsing.words import Unclear, Value
from jobdating.exchange.tables import Row, Table, Tables

T = TypeVar("T")
PARIS = "Europe/Paris"
MOST_DAYS = 31
_USUAL: Hours = ((time(9), time(12)), (time(14), time(17)))
_MODES = {
    Mode.WISHES: ("voeu", "souhait", "wish", "planning"),
    Mode.OPEN: ("premier", "arriv", "reserv", "libre", "direct", "first", "open", "book"),
}
_DEFAULTS = {"buffer_minutes": 5, "cap": 5, "timezone": PARIS, "contact_email": "", "contact_phone": ""}


@dataclass(frozen=True)
class Frame:
    """What the other sheets need to know. `item` is None when the file does not speak of the frame."""

    slug: str
    calendar: Calendar
    hours: Hours
    timezone: str
    rhythm: Rhythm | None  # None when a mistake makes it unknown
    hosts: tuple[str, ...]
    item: Item | None

    def span(self, day: date, start: time, end: time) -> Span:
        zone = ZoneInfo(self.timezone)
        return Span(
            datetime.combine(day, start, zone).astimezone(UTC), datetime.combine(day, end, zone).astimezone(UTC)
        )


def frame(tables: Tables, current: Current, *, slug: str | None) -> Frame:
    """The frame as the file says it, over what is stored. `slug` is the fair it must be, None for any."""
    table = tables.get(FAIR)
    before = len(tables.mistakes)
    values = _values(table)
    stored = next((dict(known.item.values) for known in current.of(Kind.FAIR).values()), {})
    named = values.pop("slug", None) or slug or words.slug(str(values.get("name", "")))
    if slug is not None and named != slug and table.rows:
        table.wrong(_row(table, "slug"), "slug", "other_fair", expected=slug)
    if table.rows and not stored:
        _require(table)
    known: dict[str, Any] = _DEFAULTS | stored | values
    _compare(table, known)
    sure = len(tables.mistakes) == before and {"first_day", "last_day", "hours"} <= known.keys()
    first, last = known.get("first_day") or date(2000, 1, 1), known.get("last_day")
    calendar = Calendar(first, last, True) if sure and last else Calendar(first, first + timedelta(days=6), False)
    usual = tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in known.get("hours", ())) or _USUAL
    rhythm = _rhythm(known, calendar) if sure and known.get("interview_minutes") else None
    item = None
    if table.rows:
        fresh = values if stored else _DEFAULTS | values
        item = Item(Kind.FAIR, (named,), str(values.get("name", named)), fresh)
    hosts: tuple[str, ...] = tuple(known.get("room_hosts", ()))
    return Frame(named, calendar, usual, str(known["timezone"]), rhythm, hosts, item)


def _rhythm(known: dict[str, Any], calendar: Calendar) -> Rhythm:
    return Rhythm(
        fair_hours(calendar.days, known["hours"], known["timezone"]),
        timedelta(minutes=known["interview_minutes"]),
        timedelta(minutes=known["buffer_minutes"]),
    )


def _values(table: Table) -> dict[str, Any]:
    """What each heading says, without those that say nothing or something wrong."""
    said: dict[str, Any] = {}
    zone = PARIS
    for row in table.rows:
        if "timezone" in row.cells and row.said("timezone"):
            zone = table.parsed(row, "timezone", _zone, empty=PARIS)
    readers = _readers(zone)
    for row in table.rows:
        name = next(iter(row.cells))
        if row.said(name):
            found = table.parsed(row, name, readers[name], empty=None)
            said |= {} if found is None else {name: found}
        elif name in {"room_hosts", "contact_email", "contact_phone"}:
            said[name] = () if name == "room_hosts" else ""
    return said


def _readers(zone: str) -> dict[str, Callable[[Value], Any]]:
    def moment(value: Value) -> datetime:
        return days.moment(value).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

    def deadline(value: Value) -> datetime:
        """A day alone is meant with its evening."""
        last = days.moment(value)
        return moment(last if last.time() != time() else datetime.combine(last, time(23, 59)))

    def stretches(value: Value) -> tuple[tuple[str, str], ...]:
        found = hours.hours(value, usual=_USUAL)
        return tuple((start.isoformat("minutes"), end.isoformat("minutes")) for start, end in found)

    return {
        "name": lambda value: words.prose(value, 200),
        "slug": _slug,
        "first_day": days.single,
        "last_day": days.single,
        "hours": stretches,
        "interview_minutes": lambda value: words.whole(value, least=3, most=240),
        "buffer_minutes": lambda value: words.whole(value, least=0, most=120),
        "timezone": _zone,
        "opens_at": moment,
        "closes_at": moment,
        "cap": lambda value: words.whole(value, least=1, most=50),
        "gap_minutes": lambda value: words.whole(value, least=0, most=240),
        "mode": _mode,
        "wishes_until": deadline,
        "lead_minutes": lambda value: words.whole(value, least=0, most=10_000),
        "room_provider": _provider,
        "room_hosts": _hosts,
        "contact_email": people.email,
        "contact_phone": people.phone,
    }


def _slug(value: Value) -> str:
    said = words.slug(words.text(value))
    if not said:
        raise Unclear("slug")
    return said


def _mode(value: Value) -> str:
    """ "Vœux, puis planning", "sur souhaits"; "premier arrivé, premier servi", "réservation libre"."""
    said = words.fold(words.text(value))
    meant = [mode for mode, stems in _MODES.items() if any(stem in said for stem in stems)]
    if len(meant) != 1:
        raise Unclear("mode")
    return meant[0].value


def _zone(value: Value) -> str:
    try:
        return ZoneInfo(words.text(value)).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unclear("timezone") from None


def _provider(value: Value) -> str:
    provider, _ = rooms.room(value)
    if provider in {RoomProvider.LINK, RoomProvider.AUTO}:
        raise Unclear("provider")
    return provider.value


def _hosts(value: Value) -> tuple[str, ...]:
    found = words.items(value, ",; \n")
    for host in found:
        rooms.link(f"https://{host}/")
    return tuple(sorted(host.lower() for host in found))


def _require(table: Table) -> None:
    said = {next(iter(row.cells)) for row in table.rows if row.said(next(iter(row.cells)))}
    for column in table.layout.columns:
        if column.needed and column.field not in said:
            table.wrong(_row(table, column.field), column.field, "missing")


def _compare(table: Table, known: dict[str, Any]) -> None:
    """What only shows when two headings are read together."""
    first, last = known.get("first_day"), known.get("last_day")
    if first and last and last < first:
        table.wrong(_row(table, "last_day"), "last_day", "last_before_first", first=first)
    elif first and last and (last - first).days >= MOST_DAYS:
        table.wrong(_row(table, "last_day"), "last_day", "fair_long", limit=MOST_DAYS)
    opens, closes = known.get("opens_at"), known.get("closes_at")
    if opens and closes and closes <= opens:
        table.wrong(_row(table, "closes_at"), "closes_at", "closes_before_opens")

    until = known.get("wishes_until")
    spoken = any({"mode", "wishes_until"} & row.cells.keys() for row in table.rows)
    if spoken and known.get("mode") == Mode.WISHES and not until:
        table.wrong(_row(table, "wishes_until"), "wishes_until", "wishes_open_ended")
    if until and last and until.date() > last:
        table.wrong(_row(table, "wishes_until"), "wishes_until", "after_fair")


def _row(table: Table, name: str) -> Row:
    return next((row for row in table.rows if name in row.cells), Row(len(table.rows) + 2, {}))
