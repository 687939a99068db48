"""Understands the sheet of stands: who is there, when, and in which room. Touches no database."""

from dataclasses import dataclass, field
from datetime import time
from typing import Any

from jobdating.domain.content import Current, Item, Key, Kind, Known, Stretch
from jobdating.domain.grid import merged, minus, spans
from jobdating.domain.slots import Span
from jobdating.domain.states import RoomProvider
from jobdating.exchange.frame import Frame
from jobdating.exchange.layout import KINDS, STANDS
from jobdating.exchange.leads import Leads
from jobdating.exchange.names import Names
from jobdating.exchange.parsing import breaks, days, hours, people, rooms, words
from jobdating.exchange.parsing.words import Unclear, Value, key
from jobdating.exchange.tables import Row, Table, Tables, checked
from jobdating.exchange.training_centre import Centre, Company, trades_of

_DEFAULTS = {
    "kind": "interview", "capacity": 1, "asks_confirmation": False, "takes_walk_ins": True, "closed": False,
    "room_provider": RoomProvider.AUTO.value, "room_url": "", "phone": "",
}  # fmt: skip


@dataclass
class Stand:
    """A stand as wishes refer to it."""

    slug: str
    trades: tuple[str, ...]


@dataclass
class Stands:
    """The stands of the fair, the people at them, and which company each belongs to."""

    items: list[Item] = field(default_factory=list)
    accounts: dict[str, dict[str, str]] = field(default_factory=dict)
    by_name: Names[Stand] = field(default_factory=lambda: Names("stand_unknown"))
    of_company: dict[str, list[Stand]] = field(default_factory=dict)


def stands(tables: Tables, current: Current, frame: Frame, centre: Centre) -> Stands:
    """The stands that the file lists, and those that are stored."""
    table = tables.get(STANDS)
    found = Stands()
    stored = current.of(Kind.STAND)
    by_name = {
        words.key(known.item.label): key_[0] for key_, known in stored.items()
    }  # a renamed one keeps its address
    names: set[str] = set()
    led = Leads()
    for row, complete in checked(table):
        company = table.parsed(row, "company", centre.companies.find, empty=None)
        values = _values(table, row, frame, centre)
        team = _team(table, row)
        if not complete or company is None:
            found.by_name.complete = False
            continue
        given = table.parsed(row, "name", lambda value: words.prose(value, 200), empty="")
        name = given or _name(company, team, names)
        slug = by_name.get(words.key(name)) or words.slug(name, 120)
        if not given and slug not in by_name.values():
            slug = next((own for own in _stored(stored, company) if own not in names), slug)
        if slug in names:
            table.wrong(row, "name" if row.said("name") else "company", "twice")
            continue
        names.add(slug)
        known = stored.get((slug,))
        name = name if given or known is None else known.item.label
        led.read(table, row, company.slug, team)
        item = _item(slug, name, company, values, team, known, centre)
        found.items.append(item)
        _register(found, item, company.slug)
        for email, person in team.items():
            found.accounts[email] = {**found.accounts.get(email, {}), **person}
    found.items = [led.told(item, stored.get(item.key)) for item in found.items]
    found.by_name.complete &= bool(table.rows) or not table.titles
    for key_, known in stored.items():
        if key_[0] not in names:
            _register(found, known.item, known.item.values["company"])
    return found


def _register(found: Stands, item: Item, company: str) -> None:
    stand = Stand(item.key[0], tuple(item.values["trades"]))
    found.by_name.add(item.label, stand)
    found.of_company.setdefault(company, []).append(stand)


def _stored(stored: dict[Key, Known], company: Company) -> list[str]:
    """The stands that a company has already."""
    return [key_[0] for key_, known in stored.items() if known.item.values["company"] == company.slug]


def _name(company: Company, team: dict[str, Any], names: set[str]) -> str:
    """The company's name; a further stand of the same company is told apart by its recruiter."""
    if words.slug(company.name, 120) not in names:
        return company.name
    people_ = [f"{person.get('first_name', '')} {person.get('last_name', '')[:1]}".strip() for person in team.values()]
    return f"{company.name}, {people_[0]}" if people_ and people_[0] else company.name


def _item(
    slug: str,
    name: str,
    company: Company,
    values: dict[str, Any],
    team: dict[str, Any],
    stored: Known | None,
    centre: Centre,
) -> Item:
    """What the row says; the trades follow from the company's offers, and a new stand's site from its town."""
    said = {"name": name, "company": company.slug, **({} if stored else _DEFAULTS), **values}
    if team or stored is None:
        said["recruiters"] = tuple(sorted(team))
    if not said.get("trades"):
        sector = {trade for word in company.sector if (trade := centre.trades.get(word))}
        said["trades"] = tuple(sorted(company.trades or sector))
    if "site" not in said and stored is None:
        said["site"] = site_of(company, centre.sites)
    return Item(Kind.STAND, (slug,), name, said)


def site_of(company: Company, sites: Names[Key]) -> Key | None:
    """The site in the company's town, or in the one place of all its offers; None when it is not clear."""
    for place in (company.town, *dict.fromkeys(company.places)):
        for site in sites.meanings():
            if key(place) and (key(place) == site[0] or _shares_word(place, site, sites)):
                return site
    return None


def _shares_word(place: str, site: Key, sites: Names[Key]) -> bool:
    """ "Vire Normandie" is at "Vire", "Alençon" at "Damigny-Alençon", unless two sites would do."""
    fits = [other for other in sites.meanings() if other[0].startswith(_first(place)) or other[0].endswith(key(place))]
    return fits == [site]


def _first(place: str) -> str:
    return key(words.fold(place).replace("-", " ").split(" ")[0])


def _values(table: Table, row: Row, frame: Frame, centre: Centre) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if table.has("room"):
        provider, url = table.parsed(
            row, "room", lambda value: rooms.room(value, hosts=frame.hosts), empty=(RoomProvider.AUTO, "")
        )
        values |= {"room_provider": provider.value, "room_url": url}
    if table.has("phone"):
        values["phone"] = table.parsed(row, "phone", people.phone, empty="")
    if table.has("kind"):
        values["kind"] = table.parsed(row, "kind", _kind, empty="interview")
    if table.has("capacity"):
        values["capacity"] = table.parsed(row, "capacity", lambda v: words.whole(v, least=1, most=500), empty=1)
    for name, empty in (("asks_confirmation", False), ("takes_walk_ins", True), ("closed", False)):
        if table.has(name):
            values[name] = table.parsed(row, name, words.yes, empty=empty)
    if table.has("site"):
        values["site"] = table.parsed(row, "site", centre.sites.find, empty=None)
    if table.has("trades"):
        values["trades"] = trades_of(table, row, centre.trades)
    if any(table.has(name) for name in ("days", "hours", "breaks")):
        values["availability"] = _availability(table, row, frame)
    return values


def _availability(table: Table, row: Row, frame: Frame) -> tuple[Stretch, ...]:
    before = len(table.mistakes)
    usual = table.parsed(row, "hours", lambda value: hours.hours(value, usual=frame.hours), empty=frame.hours)
    there = table.parsed(
        row, "days", lambda value: days.days(value, frame.calendar), empty=days.days("", frame.calendar)
    )
    away = table.parsed(row, "breaks", lambda value: breaks.breaks(value, frame.calendar), empty=list[breaks.Break]())
    present = [
        frame.span(part.day, start, end)
        for part in there
        for start, end in (hours.part(part.part, usual) if part.part else usual)
    ]
    left = minus(merged(present), [frame.span(day, start, end) for day, start, end in away])
    if len(table.mistakes) == before and frame.rhythm and not spans(left, frame.rhythm):
        table.wrong(row, "hours" if table.has("hours") else "days", "no_slot")
    return tuple((span.start, span.end) for span in left)


def availability_span(stretches: tuple[Stretch, ...]) -> list[Span]:
    return [Span(start, end) for start, end in stretches]


def _team(table: Table, row: Row) -> dict[str, dict[str, str]]:
    """The recruiters of a row by address; names and addresses are paired in order."""
    emails = table.each(row, "emails", words.items(row.cells.get("emails"), ",; \n"), people.email)
    named = words.items(row.cells.get("recruiters"), ",;/\n")
    people_ = [
        table.parsed(Row(row.number, {"recruiters": one}), "recruiters", people.full_name, empty=("", ""))
        for one in named
    ]
    phone = ""
    if table.has("phone") and row.said("phone"):
        try:
            phone = people.phone(row.cells["phone"])
        except Unclear:
            phone = ""  # noted where the stand's own number is read
    team: dict[str, dict[str, str]] = {}
    for place, email in enumerate(emails):
        first, last = people_[place] if place < len(people_) else ("", "")
        team[email] = {"first_name": first, "last_name": last} if first or last else {}
        if place == 0 and phone:
            team[email]["phone"] = phone
    return team


def _kind(value: Value) -> str:
    found = KINDS.get(words.fold(words.text(value)))
    if found is None:
        raise Unclear("kind")
    return found


def local(moment: time) -> str:
    """ "9h30", as people write it."""
    return f"{moment.hour}h{moment.minute:02d}" if moment.minute else f"{moment.hour}h"
