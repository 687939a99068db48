"""Understands the sheets of sites, trainings, companies and offers. Touches no database."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from jobdating.domain.content import Current, Item, Key, Kind
from jobdating.domain.states import Level
from jobdating.exchange.frame import Frame
from jobdating.exchange.layout import COMPANIES, OFFERS, SITES, TRAININGS
from jobdating.exchange.names import Names
from jobdating.exchange.parsing import days, hours, people, rooms, words
from jobdating.exchange.parsing.words import Unclear, Value, key
from jobdating.exchange.tables import Row, Table, Tables, checked

FURTHER = "Formation continue"
_LEVELS = {key(level.value): level.value for level in Level} | {
    "bacprofessionnel": Level.BAC_PRO.value,
    "baccalaureatprofessionnel": Level.BAC_PRO.value,
    "bacproo": Level.BAC_PRO.value,
    "titreprofessionnel": Level.TITRE_PRO.value,
    "licenceprofessionnelle": Level.LICENCE_PRO.value,
}
_CONTRACTS = {
    "apprentissage": "Apprentissage",
    "contratdapprentissage": "Apprentissage",
    "professionnalisation": "Professionnalisation",
    "contratdeprofessionnalisation": "Professionnalisation",
    "contratpro": "Professionnalisation",
}


@dataclass
class Company:
    """A company as offers, stands and wishes refer to it."""

    slug: str
    name: str
    town: str
    sector: tuple[str, ...]
    trades: set[str] = field(default_factory=set)
    places: list[str] = field(default_factory=list)


@dataclass
class Centre:
    """What was understood so far, for the sheets that refer to it."""

    items: list[Item]
    sites: Names[Key]
    trades: Names[str]
    companies: Names[Company]


def centre(tables: Tables, current: Current, frame: Frame) -> Centre:
    """Sites, trainings, companies and offers, over those that are stored already."""
    found = Centre([], Names("site_unknown"), Names("trade_unknown"), Names("company_unknown"))
    _sites(tables.get(SITES), current, frame, found)
    _trainings(tables.get(TRAININGS), current, found)
    _companies(tables.get(COMPANIES), current, found)
    _offers(tables.get(OFFERS), current, found, has_sheet=OFFERS.name in tables.by_name)
    return found


def level(value: Value) -> str:
    """A diploma by its usual word. Raises Unclear("level")."""
    found = _LEVELS.get(key(words.text(value)))
    if found is None:
        raise Unclear("level", levels=", ".join(known.value for known in Level))
    return found


def town(value: Value) -> str:
    said = words.prose(value, 120)
    return people.capitalised(said) if said.isupper() or said.islower() else said


def _sites(table: Table, current: Current, frame: Frame, found: Centre) -> None:
    for row, complete in checked(table):
        name = table.parsed(row, "name", lambda value: words.prose(value, 120), empty="")
        values = {
            "name": name,
            "address": table.parsed(row, "address", lambda value: words.prose(value, 200), empty=""),
            "postcode": table.parsed(row, "postcode", _postcode, empty=""),
            "open_days": _open_days(table, row, frame),
            "visit_capacity": table.parsed(
                row, "visit_capacity", lambda value: words.whole(value, least=1, most=1_000), empty=None
            ),
        }
        if complete and name:
            if found.sites.add(name, (key(name),)):
                found.items.append(Item(Kind.SITE, (key(name),), name, _said(table, values)))
            else:
                table.wrong(row, "name", "twice")
        else:
            found.sites.complete = False
    found.sites.complete &= bool(table.rows) or not table.titles
    for known in current.of(Kind.SITE).values():
        found.sites.add(known.item.label, known.item.key)


def _open_days(table: Table, row: Row, frame: Frame) -> tuple[Any, ...]:
    usual = table.parsed(row, "open_hours", lambda value: hours.hours(value, usual=frame.hours), empty=frame.hours)
    parts = table.parsed(row, "open_days", days.open_days, empty=list[days.DayPart]())
    said = []
    for day in parts:
        stretches = hours.part(day.part, usual) if day.part else usual
        said.append(
            (day.day.isoformat(), tuple((a.isoformat("minutes"), b.isoformat("minutes")) for a, b in stretches))
        )
    return tuple(said)


def _trainings(table: Table, current: Current, found: Centre) -> None:
    keys: set[str] = set()
    for row, complete in checked(table):
        title = table.parsed(row, "title", lambda value: words.prose(value, 200), empty="")
        trade = table.parsed(row, "trade", lambda value: words.prose(value, 80), empty="")
        values = {
            "title": title,
            "trade": found.trades.get(trade) or trade,
            "level": table.parsed(row, "level", _training_level, empty=""),
            "sites": tuple(sorted(table.each(row, "sites", words.items(row.cells.get("sites")), found.sites.find))),
            "months": table.parsed(row, "months", lambda value: words.whole(value, least=1, most=120), empty=None),
        }
        if trade:
            found.trades.add(trade, trade)
        if complete and title:
            if key(title) in keys:
                table.wrong(row, "title", "twice")
            else:
                keys.add(key(title))
                found.items.append(Item(Kind.TRAINING, (key(title),), title, _said(table, values)))
    found.trades.complete &= bool(table.rows) or not table.titles
    for known in current.of(Kind.TRAINING).values():
        found.trades.add(known.item.values["trade"], known.item.values["trade"])
    for kind in (Kind.OFFER, Kind.STAND, Kind.CANDIDATE):  # those chosen on the pages
        for known in current.of(kind).values():
            for trade in known.item.values.get("trades", (known.item.values.get("trade"),)):
                found.trades.add(trade, trade)


def _companies(table: Table, current: Current, found: Centre) -> None:
    stored = {known.item.key[0]: known for known in current.of(Kind.COMPANY).values()}
    by_name = {key(known.item.label): slug for slug, known in stored.items()}  # a renamed one keeps its address
    for row, complete in checked(table):
        name = table.parsed(row, "name", lambda value: words.prose(value, 200), empty="")
        values = {
            "name": name,
            "postcode": table.parsed(row, "postcode", _postcode, empty=""),
            "town": table.parsed(row, "town", town, empty=""),
            "sector": table.parsed(row, "sector", lambda value: words.prose(value, 120), empty=""),
            "headcount": table.parsed(row, "headcount", _headcount, empty=""),
            "website": table.parsed(row, "website", rooms.website, empty=""),
            "about": table.parsed(row, "about", lambda value: words.prose(value, 2_000), empty=""),
        }
        slug = by_name.get(key(name)) or words.slug(name, 120)
        if not complete or not slug:
            found.companies.complete = False
        elif found.companies.add(name, _company(slug, values)):
            found.items.append(Item(Kind.COMPANY, (slug,), name, _said(table, values)))
        else:
            table.wrong(row, "name", "twice")
    found.companies.complete &= bool(table.rows) or not table.titles
    for slug, known in stored.items():
        found.companies.add(known.item.label, _company(slug, known.item.values))


def _company(slug: str, values: Any) -> Company:
    sector = tuple(words.items(values["sector"]))
    return Company(slug, values["name"], values["town"], sector)


def _offers(table: Table, current: Current, found: Centre, *, has_sheet: bool) -> None:
    seen: Counter[Key] = Counter()
    for row, complete in checked(table):
        company = table.parsed(row, "company", found.companies.find, empty=None)
        trade = table.parsed(row, "trade", _trade(found.trades), empty="")
        values = {
            "company": company.slug if company else "",
            "title": table.parsed(row, "title", lambda value: words.prose(value, 200), empty=""),
            "trade": trade,
            "level": table.parsed(row, "level", level, empty=""),
            "contract": table.parsed(row, "contract", _contract, empty=""),
            "place": table.parsed(row, "place", town, empty=""),
            "posts": table.parsed(row, "posts", lambda value: words.whole(value, least=1, most=999), empty=1),
            "about": table.parsed(row, "about", lambda value: words.prose(value, 2_000), empty=""),
        }
        if complete and company and trade:
            company.trades.add(trade)
            company.places.append(str(values["place"]))
            same = offer_key(values)
            seen[same] += 1
            item = Item(
                Kind.OFFER, (*same, str(seen[same])), f"{values['title']}, {company.name}", _said(table, values)
            )
            found.items.append(item)
    if not has_sheet:
        by_slug = {company.slug: company for company in found.companies.meanings()}
        for known in current.of(Kind.OFFER).values():
            if company := by_slug.get(known.item.values["company"]):
                company.trades.add(known.item.values["trade"])
                company.places.append(known.item.values["place"])


def offer_key(values: Any) -> Key:
    """What tells an offer from the others of its company, but for its repetitions."""
    return (values["company"], key(values["title"]), key(values["trade"]), values["level"], key(values["place"]))


def _trade(trades: Names[str]) -> Any:
    """A trade by the word the trainings use; any word where there are none."""

    def parse(value: Value) -> str:
        if trades:
            return trades.find(value) or words.prose(value, 80)
        return words.prose(value, 80)

    return parse


def trades_of(table: Table, row: Row, trades: Names[str]) -> tuple[str, ...]:
    """The trades listed in a cell."""
    return tuple(sorted(table.each(row, "trades", words.items(row.cells.get("trades")), _trade(trades))))


def _training_level(value: Value) -> str:
    return FURTHER if key(words.text(value)) == key(FURTHER) else level(value)


def _contract(value: Value) -> str:
    said = words.prose(value, 40)
    return _CONTRACTS.get(key(said), said)


def _postcode(value: Value) -> str:
    said = words.text(value).replace(" ", "")
    if said.isdigit() and len(said) == 4:
        said = f"0{said}"  # a spreadsheet took it for a number
    if not (said.isdigit() and len(said) == 5):
        raise Unclear("postcode")
    return said


def _headcount(value: Value) -> str:
    return words.prose(value, 40)


def _said(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    """Only what the table has columns for."""
    return {name: value for name, value in values.items() if table.has(name)}
