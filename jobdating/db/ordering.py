"""Orders names as people do, on both databases: accents, case and kinds of apostrophe do not count."""

import sqlite3
from typing import Any

from sqlalchemy import ColumnElement, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from jobdating.domain.naming import fold


class by_name(FunctionElement[str]):  # noqa: N801 (reads as a function: `order_by(by_name(t.stands.c.name))`)
    """What to order a column of names by."""

    type = String()
    inherit_cache = True

    def __init__(self, names: ColumnElement[str]) -> None:
        super().__init__(names)


def know_names(connection: sqlite3.Connection) -> None:
    """Teach a connection of SQLite to order by names."""
    connection.create_function("fold", 1, lambda name: None if name is None else fold(name), deterministic=True)


@compiles(by_name, "sqlite")
def _on_sqlite(element: by_name, compiler: Any, **options: Any) -> str:
    return f"fold({compiler.process(element.clauses, **options)})"


@compiles(by_name, "postgresql")
def _on_postgresql(element: by_name, compiler: Any, **options: Any) -> str:
    # The database's own collation may know bytes alone, and the ICU ones are not in every build.
    plain = (
        f"regexp_replace(normalize({compiler.process(element.clauses, **options)}, NFKD), '[\\u0300-\\u036f]', '', 'g')"
    )
    return f"translate(replace(lower({plain}), 'œ', 'oe'), '’‘', '''''')"
