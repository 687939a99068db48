"""Counts the statements that a read takes, so that one for each row shows."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event


@contextmanager
def counted(tx: Connection) -> Iterator[list[str]]:
    """The statements that go through the connection's engine meanwhile. Those of `Statement` go past it."""
    seen: list[str] = []

    def note(conn: Connection, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    event.listen(tx.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(tx.engine, "before_cursor_execute", note)
