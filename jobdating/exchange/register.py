"""Writes the attendance register as a workbook or as CSV. Texts stay texts: nothing in them can act as a formula."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import xlsxwriter

from jobdating.domain.states import BookingState, Origin
from jobdating.exchange.exporting import neutral
from jobdating.queries.register import Line

_STATES = {
    BookingState.HELD: "proposé",
    BookingState.REQUESTED: "à confirmer",
    BookingState.BOOKED: "réservé",
    BookingState.CHECKED_IN: "là",
    BookingState.CALLED: "appelé",
    BookingState.IN_PROGRESS: "en entretien",
    BookingState.DONE: "fait",
    BookingState.NO_SHOW: "absence non excusée",
    BookingState.CANCELLED: "annulé (excusé)",
}
_ORIGINS = {
    Origin.SLOT: "réservation",
    Origin.TIMETABLE: "planning",
    Origin.WAITLIST: "liste d'attente",
    Origin.INVITATION: "invitation",
    Origin.WALK_IN: "sans rendez-vous",
}
Value = str | datetime | None
# Headers are those of the import, in French as every sheet of the fair.
_COLUMNS: tuple[tuple[str, int, Callable[[Line], Value]], ...] = (
    ("Jour et heure", 17, lambda line: line.starts_at),
    ("Nom", 20, lambda line: line.last_name),
    ("Prénom", 16, lambda line: line.first_name),
    ("E-mail", 34, lambda line: line.email),
    ("Téléphone", 16, lambda line: line.phone),
    ("Centre", 18, lambda line: line.site),
    ("Stand", 30, lambda line: line.stand),
    ("Entreprise", 30, lambda line: line.company),
    ("État", 20, lambda line: _STATES[line.state]),
    ("Origine", 16, lambda line: _ORIGINS[line.origin]),
    ("Arrivée", 17, lambda line: line.checked_in_at),
    ("Appel", 17, lambda line: line.called_at),
    ("Début", 17, lambda line: line.started_at),
    ("Fin", 17, lambda line: line.ended_at),
)


def workbook(lines: Sequence[Line], *, timezone: str) -> bytes:
    """One sheet, a line for each interview, with a filter on every column."""
    target = io.BytesIO()
    zone = ZoneInfo(timezone)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet("Émargement")
        head = book.add_format({"bold": True, "bg_color": "#E0EBF4", "border": 0})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm", "align": "left"})
        sheet.freeze_panes(1, 0)
        for place, (title, width, _) in enumerate(_COLUMNS):
            sheet.write_string(0, place, title, head)
            sheet.set_column(place, place, width)
        for number, line in enumerate(lines, 1):
            for place, (_, _, value_of) in enumerate(_COLUMNS):
                value = value_of(line)
                if isinstance(value, datetime):
                    sheet.write_datetime(number, place, value.astimezone(zone).replace(tzinfo=None), moment)
                elif value:
                    sheet.write_string(number, place, neutral(value))
        sheet.autofilter(0, 0, max(1, len(lines)), len(_COLUMNS) - 1)
    return target.getvalue()


def comma_separated(lines: Sequence[Line], *, timezone: str) -> bytes:
    """Semicolons and a byte order mark, as a French spreadsheet opens it without asking."""
    zone = ZoneInfo(timezone)
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow([title for title, _, _ in _COLUMNS])
    for line in lines:
        writer.writerow([_said(value_of(line), zone) for _, _, value_of in _COLUMNS])
    return target.getvalue().encode("utf-8-sig")


def _said(value: Value, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%d/%m/%Y %H:%M")
    return neutral(value or "")
