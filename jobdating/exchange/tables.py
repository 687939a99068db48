"""Finds in the rows of a file the sheets and columns we know, and collects what is wrong. Understands no value."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TypeVar

from jobdating.exchange.layout import FAIR, LAYOUTS, Column, Layout
from jobdating.exchange.parsing.words import Unclear, Value, key, text
from jobdating.exchange.reading import Sheet, Unreadable

T = TypeVar("T")
SHOWN = 80  # characters of a wrong value that are repeated to its writer
HEADER_WITHIN = 10


@dataclass(frozen=True)
class Mistake:
    """Something to put right in the file, where it stands. `code` and `params` become a sentence when it is said."""

    sheet: str
    row: int
    column: str
    value: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One line of a table: its number in the file, and its cells by field. A column that is not there has no cell."""

    number: int
    cells: Mapping[str, Value]

    def said(self, name: str) -> str:
        return text(self.cells.get(name))


@dataclass
class Table:
    """A sheet we know, with the mistakes found in it so far."""

    layout: Layout
    name: str
    titles: Mapping[str, str]  # field → heading as it is typed
    rows: list[Row]
    mistakes: list[Mistake]

    def has(self, name: str) -> bool:
        return name in self.titles

    def wrong(self, row: Row, name: str, code: str, value: object = None, **params: object) -> None:
        """Note a mistake in the cell `name` of a row."""
        shown = row.said(name) if value is None else str(value)
        title = self.titles.get(name) or next(c.title for c in self.layout.columns if c.field == name)
        shown = shown if len(shown) <= SHOWN else shown[: SHOWN - 1] + "…"
        self.mistakes.append(Mistake(self.name, row.number, title, shown, code, params))

    def parsed(self, row: Row, name: str, parse: Callable[[Value], T], *, empty: T) -> T:
        """The cell as `parse` understands it, `empty` when it says nothing or something wrong (which is noted)."""
        if not row.said(name):
            return empty
        try:
            return parse(row.cells[name])
        except Unclear as unclear:
            self.wrong(row, name, unclear.code, **unclear.params)
            return empty

    def each(self, row: Row, name: str, parts: Iterable[str], find: Callable[[Value], T | None]) -> list[T]:
        """What each entry of a list means; those without a meaning are noted one by one."""
        found: list[T] = []
        for part in parts:
            try:
                meaning = find(part)
            except Unclear as unclear:
                self.wrong(row, name, unclear.code, part, **unclear.params)
                continue
            if meaning is not None and meaning not in found:
                found.append(meaning)
        return found


@dataclass
class Tables:
    """All tables of a file, by name, and their mistakes in order. `ignored` are headings and sheets we do not know."""

    by_name: dict[str, Table]
    mistakes: list[Mistake]
    ignored: list[str]

    def get(self, layout: Layout) -> Table:
        """The table, or an empty one: what a file does not speak of stays as it is."""
        return self.by_name.get(layout.name) or Table(layout, layout.title, {}, [], self.mistakes)


def tables(sheets: list[Sheet]) -> Tables:
    """The tables we know among the sheets. Raises Unreadable when there is none."""
    found = Tables({}, [], [])
    for sheet in sheets:
        layout = next((known for known in LAYOUTS if key(sheet.name) in known.keys), None)
        if layout is None or layout.name in found.by_name:
            found.ignored += [sheet.name] if any(any(map(text, row)) for row in sheet.rows) else []
            continue
        read = _settings if layout is FAIR else _table
        found.by_name[layout.name] = read(layout, sheet, found)
    if not found.by_name:
        raise Unreadable("no_sheet", sheets=", ".join(sheet.name for sheet in sheets)[:200])
    return found


def _table(layout: Layout, sheet: Sheet, found: Tables) -> Table:
    header = max(range(min(HEADER_WITHIN, len(sheet.rows))), key=lambda n: _known(layout, sheet.rows[n]), default=0)
    columns: dict[int, Column] = {}
    titles: dict[str, str] = {}
    for place, cell in enumerate(sheet.rows[header] if sheet.rows else ()):
        column = next((c for c in layout.columns if text(cell) and key(text(cell)) in c.keys), None)
        if column and column.field not in titles:
            columns[place] = column
            titles[column.field] = text(cell)
        elif text(cell):
            found.ignored.append(f"{sheet.name} : {text(cell)[:SHOWN]}")
    rows = [
        Row(number, {column.field: row[place] for place, column in columns.items() if place < len(row)})
        for number, row in enumerate(sheet.rows[header + 1 :], header + 2)
        if any(text(cell) for cell in row)
    ]
    table = Table(layout, sheet.name, titles, rows, found.mistakes)
    for column in layout.columns:
        if column.needed and column.field not in titles:
            table.mistakes.append(_no_column(table, column, header + 1, sheet))
            table.rows = []  # one mistake, not one for each row
    return table


def _no_column(table: Table, column: Column, header: int, sheet: Sheet) -> Mistake:
    typed = [text(cell) for cell in (sheet.rows[header - 1] if sheet.rows else ()) if text(cell)]
    close = get_close_matches(column.title, [t for t in typed if t not in table.titles.values()], 1)
    params = {"typed": close[0]} if close else {}
    return Mistake(table.name, header, column.title, "", "no_column_but" if close else "no_column", params)


def _known(layout: Layout, row: tuple[Value, ...]) -> int:
    known = {name for column in layout.columns for name in column.keys}
    return sum(key(text(cell)) in known for cell in row if text(cell))


def _settings(layout: Layout, sheet: Sheet, found: Tables) -> Table:
    """The list of headings and values as a table of one row for each heading."""
    titles: dict[str, str] = {}
    rows: list[Row] = []
    for number, row in enumerate(sheet.rows, 1):
        said = key(text(row[0])) if row else ""
        column = next((c for c in layout.columns if said and said in c.keys), None)
        if column and column.field not in titles:
            titles[column.field] = f"Valeur ({text(row[0])})"
            rows.append(Row(number, {column.field: row[1] if len(row) > 1 else None}))
        elif said and said not in {"rubrique", "reglage"}:
            found.ignored.append(f"{sheet.name} : {text(row[0])[:SHOWN]}")
    return Table(layout, sheet.name, titles, rows, found.mistakes)


def checked(table: Table) -> Iterator[tuple[Row, bool]]:
    """Every row, with whether its needed cells all say something; those that do not are noted."""
    for row in table.rows:
        missing = [c.field for c in table.layout.columns if c.needed and not row.said(c.field)]
        for name in missing:
            table.wrong(row, name, "missing")
        yield row, not missing
