"""A stand's interviews as a file that a spreadsheet opens: text stays text, whatever it begins with. No words of its own."""

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter

from jobdating.exchange.exporting import neutral

Cell = str | int | None


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Semicolons and a byte order mark, as spreadsheets in French expect them."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(headings)
    writer.writerows([_kept(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One sheet with a heading row that stays in sight. Strings are written as strings: never a formula, never a link."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(title[:31])
        bold = book.add_format({"bold": True})
        sheet.write_row(0, 0, list(headings), bold)
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, [_kept(cell) for cell in row])
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return file.getvalue()


def _kept(cell: Cell) -> Cell:
    return neutral(cell) if isinstance(cell, str) else cell
