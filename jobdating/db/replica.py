"""A fair as it was: an in-memory SQLite that is brought to any moment of a day from what the journal kept. No writes go out.

The same queries read it as read the real database, so what they show is what was shown. Going to a moment changes only
the rows that differ between here and there, forwards or back.
"""

import json
import sqlite3
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Table, create_engine
from sqlalchemy.dialects import sqlite
from sqlalchemy.pool import StaticPool

from jobdating.db.ordering import know_names
from jobdating.db.tables import metadata
from jobdating.db.traces import Part

Row = tuple[Any, ...]
Key = tuple[str, Row]  # a table and a primary key

_DIALECT = sqlite.dialect()
_INDEXED = (("bookings", "stand_id"), ("bookings", "slot_id"), ("bookings", "candidate_id"), ("slots", "stand_id"))


class Entry(NamedTuple):
    """What is replayed of an entry of the journal: `at` as it is stored, `trace` as it was written."""

    id: int
    at: int
    kind: str
    trace: str | None


class _Shape:
    """A table as a tuple: where each column is, what a column holds that nothing is known of."""

    def __init__(self, table: Table) -> None:
        self.name = table.name
        self.columns = [column.name for column in table.columns]
        self.place = {name: index for index, name in enumerate(self.columns)}
        self.empty: Row = tuple(_default(column) for column in table.columns)
        self._key = [self.place[column.name] for column in table.primary_key]
        self.create = f"CREATE TABLE {table.name} ({', '.join(_declared(column) for column in table.columns)})"
        same = " AND ".join(f"{column.name} = ?" for column in table.primary_key)
        self.delete = f"DELETE FROM {table.name} WHERE {same}"  # noqa: S608 (our own words)
        self.insert = f"INSERT INTO {table.name} VALUES ({', '.join('?' * len(self.columns))})"  # noqa: S608

    def key(self, row: Row) -> Row:
        return tuple(row[place] for place in self._key)

    def row(self, names: Sequence[str], values: Sequence[Any], before: Row) -> Row:
        """`before` with the named values."""
        found = list(before)
        for name, value in zip(names, values, strict=True):
            if name in self.place:  # a column that another version had is passed over
                found[self.place[name]] = value
        return tuple(found)


class Replica:
    """A day of a fair, from the entries of its journal on; `position` is how many of them are applied."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries: list[Entry] = []
        self.position = 0
        self._until: list[int] = []  # the latest moment up to and with each entry: ids order what moments do not
        self._touched: list[tuple[Key, ...]] = []
        self._versions: dict[Key, tuple[list[int], list[Row | None]]] = {}
        self._known: dict[str, dict[Row, Row]] = defaultdict(dict)  # after the last entry
        self._connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        know_names(self._connection)
        for shape in _shapes().values():
            self._connection.execute(shape.create)
        for table, column in _INDEXED:
            self._connection.execute(f"CREATE INDEX {table}_{column} ON {table} ({column})")
        engine = create_engine("sqlite://", creator=lambda: self._connection, poolclass=StaticPool)
        self.tx: Connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self.extend(entries)

    def extend(self, entries: Iterable[Entry]) -> None:
        """Entries that were written since. The position stays."""
        for entry in entries:
            number = len(self.entries)
            self.entries.append(entry)
            self._until.append(max(entry.at, self._until[-1]) if self._until else entry.at)
            changed: dict[Key, Row | None] = {}
            for part in json.loads(entry.trace) if entry.trace else ():
                self._read(part, changed)
            for key, row in changed.items():
                numbers, rows = self._versions.setdefault(key, ([], []))
                numbers.append(number)
                rows.append(row)
            self._touched.append(tuple(changed))

    def position_at(self, at: int) -> int:
        """How many entries there were at a moment, with those of that very moment."""
        return bisect_left(self._until, at + 1)

    def seek(self, position: int) -> None:
        """Show the fair as it was after that many entries."""
        position = max(0, min(position, len(self.entries)))
        low, high = sorted((self.position, position))
        keys = {key for touched in self._touched[low:high] for key in touched}
        removed: dict[str, list[Row]] = defaultdict(list)
        added: dict[str, list[Row]] = defaultdict(list)
        for key in keys:
            table, primary = key
            removed[table].append(primary)
            row = self._version(key, position)
            if row is not None:
                added[table].append(row)
        cursor = self._connection.cursor()
        cursor.execute("BEGIN")
        for table, primaries in removed.items():
            cursor.executemany(_shapes()[table].delete, primaries)
        for table, rows in added.items():
            cursor.executemany(_shapes()[table].insert, rows)
        cursor.execute("COMMIT")
        self.position = position

    def put(self, table: str, rows: Iterable[Sequence[Any]], columns: Sequence[str]) -> None:
        """Rows that are not of any moment, in place of those there were: the names of people as they are today."""
        shape = _shapes()[table]
        whole = [shape.row(columns, row, shape.empty) for row in rows]
        cursor = self._connection.cursor()
        cursor.execute("BEGIN")
        cursor.execute(f"DELETE FROM {shape.name}")  # noqa: S608
        cursor.executemany(shape.insert, whole)
        cursor.execute("COMMIT")

    def changed_between(self, low: int, high: int) -> set[Key]:
        """The rows that entries between two positions touched."""
        low, high = sorted((low, high))
        return {key for touched in self._touched[low:high] for key in touched}

    def version(self, key: Key, position: int) -> dict[str, Any] | None:
        """A row as it was at a position, by column; None when there was none."""
        row = self._version(key, position)
        return None if row is None else dict(zip(_shapes()[key[0]].columns, row, strict=True))

    def close(self) -> None:
        self.tx.close()
        self._connection.close()

    def _version(self, key: Key, position: int) -> Row | None:
        numbers, rows = self._versions[key]
        index = bisect_left(numbers, position) - 1
        return rows[index] if index >= 0 else None

    def _read(self, part: Part, changed: dict[Key, Row | None]) -> None:
        shape, known = _shapes()[part["in"]], self._known[part["in"]]
        names, whole = part["columns"], "whole" in part
        said: set[Row] = set()
        for values in part["rows"]:
            row = shape.row(names, values, shape.empty)
            key = shape.key(row)
            before = known.get(key)
            if not whole and before is not None:
                row = shape.row(names, values, before)
            said.add(key)
            if row != before:
                known[key] = changed[shape.name, key] = row
        if "of" in part:
            of = [(shape.place[name], value) for name, value in part["of"].items()]
            gone = [
                key for key, row in known.items() if key not in said and all(row[place] == value for place, value in of)
            ]
            for key in gone:
                del known[key]
                changed[shape.name, key] = None


@cache
def _shapes() -> dict[str, _Shape]:
    return {table.name: _Shape(table) for table in metadata.sorted_tables}


def _declared(column: Column[Any]) -> str:
    key = " PRIMARY KEY" if column.primary_key and len(column.table.primary_key) == 1 else ""
    return f"{column.name} {column.type.compile(dialect=_DIALECT)}{key}"


def _default(column: Column[Any]) -> Any:
    """What a row holds of which the column is not known, as the database itself would fill it in."""
    default = getattr(column.server_default, "arg", None)
    if default is None:
        return None
    value = str(getattr(default, "text", default))
    return {"true": 1, "false": 0}.get(value.lower(), int(value) if value.isdecimal() else value)
