"""Understands the sheet of candidates and their ranked wishes. Touches no database."""

from typing import Any

from jobdating.domain.booking import is_eligible
from jobdating.domain.content import Current, Item, Kind, Stretch
from jobdating.domain.grid import merged
from jobdating.exchange.frame import Frame
from jobdating.exchange.layout import CANDIDATES
from jobdating.exchange.parsing import breaks, days, hours, people, words
from jobdating.exchange.parsing.words import Unclear, Value
from jobdating.exchange.stands import Stand, Stands
from jobdating.exchange.tables import Row, Table, Tables, checked
from jobdating.exchange.training_centre import Centre, level, trades_of


def candidates(
    tables: Tables, current: Current, frame: Frame, centre: Centre, stands: Stands
) -> tuple[list[Item], dict[str, dict[str, str]]]:
    """The candidates that the file lists, and their accounts by address."""
    table = tables.get(CANDIDATES)
    items: list[Item] = []
    accounts: dict[str, dict[str, str]] = {}
    first_seen: dict[str, int] = {}
    stored = current.of(Kind.CANDIDATE)
    for row, complete in checked(table):
        email = table.parsed(row, "email", people.email, empty="")
        person = {
            "first_name": table.parsed(row, "first_name", people.name, empty=""),
            "last_name": table.parsed(row, "last_name", people.name, empty=""),
        }
        if table.has("phone"):
            person["phone"] = table.parsed(row, "phone", people.phone, empty="")
        known = stored.get((email,))
        values = _values(table, row, frame, centre, stands, known.item.values["trades"] if known else ())
        if email in first_seen:
            table.wrong(row, "email", "email_twice", first=first_seen[email])
            continue
        if email:
            first_seen[email] = row.number
        if complete and email:
            accounts[email] = person
            label = f"{person['first_name']} {person['last_name']}"
            items.append(Item(Kind.CANDIDATE, (email,), label, {"account": email, **values}))
    return items, accounts


def _values(
    table: Table, row: Row, frame: Frame, centre: Centre, stands: Stands, stored_trades: tuple[str, ...]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if table.has("age_band"):
        values["age_band"] = str(table.parsed(row, "age_band", people.age_band, empty=""))
    if table.has("level"):
        values["level"] = table.parsed(row, "level", level, empty="")
    if table.has("site"):
        values["site"] = table.parsed(row, "site", centre.sites.find, empty=None)
    if table.has("trades"):
        values["trades"] = trades_of(table, row, centre.trades)
    if table.has("availability"):
        values["availability"] = _availability(table, row, frame)
    if table.has("wishes"):
        wished = table.each(row, "wishes", words.items(row.cells.get("wishes"), ";\n"), _finder(stands, centre))
        trades = values.get("trades", stored_trades)
        values["wishes"] = tuple((stand.slug, is_eligible(trades, stand.trades)) for stand in wished)
    return values


def _finder(stands: Stands, centre: Centre) -> Any:
    """A wish names a stand, or a company: then its first stand is meant."""

    def find(value: Value) -> Stand | None:
        said = words.text(value)
        stand = stands.by_name.get(said)
        if stand:
            return stand
        company = centre.companies.find(value)
        if company is None:
            return None
        its_own = stands.of_company.get(company.slug)
        if its_own:
            return its_own[0]
        if stands.by_name.complete:
            raise Unclear("company_without_stand")
        return None  # its stand may be among the rows that could not be read

    return find


def _availability(table: Table, row: Row, frame: Frame) -> tuple[Stretch, ...] | None:
    """When the candidate can come, UTC; None for the whole fair."""
    everything = [days.DayPart(day) for day in frame.calendar.days]
    if breaks.has_hours(row.said("availability")):
        there = table.parsed(
            row, "availability", lambda value: breaks.breaks(value, frame.calendar), empty=list[breaks.Break]()
        )
        return tuple((span.start, span.end) for span in merged(frame.span(*stretch) for stretch in there)) or None
    parts = table.parsed(row, "availability", lambda value: days.days(value, frame.calendar), empty=everything)
    if parts == everything:
        return None
    said = [
        frame.span(part.day, start, end)
        for part in parts
        for start, end in (hours.part(part.part, frame.hours) if part.part else frame.hours)
    ]
    return tuple((span.start, span.end) for span in merged(said))
