"""Writes a fair as a workbook that reads back as itself, and an empty one to fill in. Reads no database.

Every text is written as text, and what a spreadsheet would take for a formula is kept from acting as one.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from jobdating.domain.content import Current, Kind, Known, Stretch
from jobdating.domain.grid import merged, minus
from jobdating.domain.slots import Span
from jobdating.exchange.layout import BANDS, FAIR, KINDS, LAYOUTS, MODES, PROVIDERS, Layout
from jobdating.exchange.stands import local as hour

Cell = str | int | date | datetime | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the wide ones act as the others in some
_WIDTHS = {
    "about": 50,
    "wishes": 60,
    "availability": 34,
    "hours": 26,
    "email": 36,
    "emails": 36,
    "room": 30,
    "name": 30,
}


def workbook(current: Current) -> bytes:
    """The whole fair in the format that an import reads: importing it again changes nothing."""
    return _written({layout.name: _rows(layout, current) for layout in LAYOUTS}, notes=())


def neutral(said: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{said}" if said.startswith(_FORMULA) else said


def written(sheets: dict[str, list[Sequence[Cell]]], notes: Sequence[str]) -> bytes:
    """A workbook of the given rows; `notes` become a last sheet that an import passes over."""
    return _written(sheets, notes)


def _written(sheets: dict[str, list[Sequence[Cell]]], notes: Sequence[str]) -> bytes:
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        head = book.add_format({"bold": True, "bg_color": "#E0EBF4", "border": 0, "valign": "top"})
        day = book.add_format({"num_format": "dd/mm/yyyy", "align": "left"})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm", "align": "left"})
        plain = book.add_format({"valign": "top", "align": "left"})
        for layout in LAYOUTS:
            sheet = book.add_worksheet(layout.title)
            sheet.freeze_panes(1, 0)
            header = ["Rubrique", "Valeur"] if layout is FAIR else [column.title for column in layout.columns]
            for place, title in enumerate(header):
                sheet.write_string(0, place, title, head)
            _widths(sheet, layout)
            for number, row in enumerate(sheets.get(layout.name, []), 1):
                for place, cell in enumerate(row):
                    _write(sheet, number, place, cell, day, moment, plain)
        if notes:
            sheet = book.add_worksheet("Mode d'emploi")
            sheet.set_column(0, 0, 110, book.add_format({"text_wrap": True, "valign": "top"}))
            for number, note in enumerate(notes):
                sheet.write_string(number, 0, note)
    return target.getvalue()


def _widths(sheet: Any, layout: Layout) -> None:
    if layout is FAIR:
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 1, 44)
        return
    for place, column in enumerate(layout.columns):
        sheet.set_column(place, place, _WIDTHS.get(column.field, max(14, len(column.title) + 2)))
        if column.note:
            sheet.write_comment(0, place, column.note)


def _write(sheet: Any, row: int, place: int, cell: Cell, day: Any, moment: Any, plain: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, datetime):
        sheet.write_datetime(row, place, cell.replace(tzinfo=None), moment)
    elif isinstance(cell, date):
        sheet.write_datetime(row, place, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001
    elif isinstance(cell, int):
        sheet.write_number(row, place, cell, plain)
    else:
        sheet.write_string(row, place, neutral(cell), plain)


def _rows(layout: Layout, current: Current) -> list[Sequence[Cell]]:
    fair = next(iter(current.of(Kind.FAIR).values())).item
    zone = str(fair.values["timezone"])
    if layout is FAIR:
        cells = {**fair.values, "slug": fair.key[0]}
        return [(column.title, _fair_cell(column.field, cells[column.field], zone)) for column in layout.columns]
    known = [k for k in current.known if k.item.kind.value == _KINDS[layout.name]]
    writer = _WRITERS[layout.name]
    return [
        [cells.get(column.field) for column in layout.columns] for k in known for cells in (writer(k, current, zone),)
    ]


def _fair_cell(name: str, value: Any, zone: str) -> Cell:
    if name == "hours":
        return _hours((time.fromisoformat(a), time.fromisoformat(b)) for a, b in value)
    if name == "room_hosts":
        return ", ".join(value)
    if name == "mode":
        return MODES[value]
    if name == "room_provider":
        return PROVIDERS[value]
    if name == "contact_phone":
        return phone(value)
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone))
    assert value is None or isinstance(value, str | int | date)
    return value


def _site(known: Known, current: Current, zone: str) -> dict[str, Cell]:
    values = known.item.values
    days, stretches = _open_days(values["open_days"])
    return {**values, "open_days": days, "open_hours": stretches}


def _training(known: Known, current: Current, zone: str) -> dict[str, Cell]:
    names = current.of(Kind.SITE)
    return {**known.item.values, "sites": ", ".join(names[site].item.label for site in known.item.values["sites"])}


def _company(known: Known, current: Current, zone: str) -> dict[str, Cell]:
    return dict(known.item.values)


def _offer(known: Known, current: Current, zone: str) -> dict[str, Cell]:
    company = current.of(Kind.COMPANY)[(known.item.values["company"],)]
    return {**known.item.values, "company": company.item.label}


def _stand(known: Known, current: Current, zone: str) -> dict[str, Cell]:
    values = known.item.values
    company = current.of(Kind.COMPANY)[(values["company"],)].item.label
    accounts = current.of(Kind.ACCOUNT)
    people = {email: accounts[(email,)].item.values for email in values["recruiters"] if (email,) in accounts}
    # An import takes the stand's number for the first recruiter's: whose it is comes first.
    staff = sorted(people, key=lambda email: people[email]["phone"] != values["phone"])
    offered = {
        o.item.values["trade"] for o in current.of(Kind.OFFER).values() if o.item.values["company"] == values["company"]
    }
    days, hours, breaks = presence(values["availability"], zone)
    return {
        **values,
        "company": company,
        "name": None if values["name"] == company else values["name"],
        "recruiters": ", ".join(
            f"{people[email]['first_name']} {people[email]['last_name']}".strip() for email in staff
        ),
        "emails": ", ".join(staff),
        "leads": ", ".join("oui" if email in values["leads"] else "non" for email in staff),
        "phone": phone(values["phone"]),
        "days": days,
        "hours": hours,
        "breaks": breaks,
        "room": values["room_url"] or PROVIDERS[values["room_provider"]],
        "kind": next(word for word, kind in KINDS.items() if kind == values["kind"]),
        "site": _site_name(values["site"], current),
        "trades": None if set(values["trades"]) == offered else ", ".join(values["trades"]),
        **{name: "oui" if values[name] else "non" for name in ("asks_confirmation", "takes_walk_ins", "closed")},
    }


def _candidate(known: Known, current: Current, zone: str) -> dict[str, Cell]:
    values = known.item.values
    account = current.of(Kind.ACCOUNT)[(values["account"],)].item.values
    stands = current.of(Kind.STAND)
    return {
        "first_name": account["first_name"],
        "last_name": account["last_name"],
        "email": values["account"],
        "phone": phone(account["phone"] or ""),
        "age_band": BANDS[values["age_band"]],
        "level": values["level"],
        "trades": ", ".join(values["trades"]),
        "site": _site_name(values["site"], current),
        "availability": "tous" if values["availability"] is None else _stretches(values["availability"], zone),
        "wishes": " ; ".join(stands[(slug,)].item.label for slug, _ in values["wishes"]),
    }


_KINDS = {
    "sites": "site", "trainings": "training", "companies": "company", "offers": "offer", "stands": "stand",
    "candidates": "candidate",
}  # fmt: skip
_WRITERS = {
    "sites": _site, "trainings": _training, "companies": _company, "offers": _offer, "stands": _stand,
    "candidates": _candidate,
}  # fmt: skip


def _site_name(site: Any, current: Current) -> str | None:
    return None if site is None else current.of(Kind.SITE)[site].item.label


def phone(number: str) -> str:
    """A French number as people write it; another as it is dialled from abroad."""
    if number.startswith("+33") and len(number) == 12:
        national = "0" + number[3:]
        return " ".join(national[n : n + 2] for n in range(0, 10, 2))
    return f"00{number[1:]}" if number.startswith("+") else number


def _hours(pairs: Iterable[tuple[time, time]]) -> str:
    return ", ".join(f"{hour(start)}-{hour(end)}" for start, end in pairs)


def _open_days(days: Sequence[Any]) -> tuple[str, str]:
    """Back to "du … au …", where the days follow each other with the same hours."""
    if not days:
        return "", ""
    first, last = date.fromisoformat(days[0][0]), date.fromisoformat(days[-1][0])
    pairs = max((pairs for _, pairs in days), key=len)
    part = ""
    if len(days[-1][1]) < len(pairs):
        part = " matin" if days[-1][1][0] == pairs[0] else " après-midi"
    said = f"{first:%d/%m/%Y}" if first == last else f"du {first:%d/%m/%Y} au {last:%d/%m/%Y}"
    return said + part, _hours((time.fromisoformat(a), time.fromisoformat(b)) for a, b in pairs)


def presence(stretches: Sequence[Stretch], zone: str) -> tuple[str, str, str]:
    """Days, hours and breaks that give these stretches back: the hours of all days together, less what is missing."""
    by_day: dict[date, list[Span]] = {}
    base = datetime(2000, 1, 1, tzinfo=UTC)
    for start, end in stretches:
        there, until = start.astimezone(ZoneInfo(zone)), end.astimezone(ZoneInfo(zone))
        by_day.setdefault(there.date(), []).append(Span(_clock(base, there), _clock(base, until)))
    together = merged(span for spans in by_day.values() for span in spans)
    breaks = [
        f"{day:%d/%m/%Y} {hour(out.start.time())}-{hour(out.end.time())}"
        for day, spans in sorted(by_day.items())
        for out in minus(together, spans)
    ]
    days = ", ".join(f"{day:%d/%m/%Y}" for day in sorted(by_day))
    return days, _hours((span.start.time(), span.end.time()) for span in together), " ; ".join(breaks)


def _clock(base: datetime, moment: datetime) -> datetime:
    return base + timedelta(hours=moment.hour, minutes=moment.minute)


def _stretches(stretches: Sequence[Stretch], zone: str) -> str:
    """Each stretch with its day: "17/06/2027 9h-12h ; …"."""
    said = []
    for start, end in stretches:
        there, until = start.astimezone(ZoneInfo(zone)), end.astimezone(ZoneInfo(zone))
        said.append(f"{there:%d/%m/%Y} {hour(there.time())}-{hour(until.time())}")
    return " ; ".join(said)
