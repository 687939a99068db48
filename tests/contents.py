"""All that a database says, as text: for tests that look for what must not be there."""

from sqlalchemy import Connection, select

from jobdating.db import tables as t


def everything(tx: Connection) -> str:
    """Every row of every table."""
    return "\n".join(str(row) for table in t.metadata.sorted_tables for row in tx.execute(select(table)))
