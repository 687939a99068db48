"""Brings a database to the newest shape. Foreign keys are checked after, not during, a change on SQLite."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, inspect, make_url

from jobdating.db import journal
from jobdating.db.postgresql import driver_url

HERE = Path(__file__).parent


def migrate(url: str) -> None:
    """Create or upgrade the schema at `url`; does nothing when it is up to date."""
    address = url if make_url(url).get_backend_name() == "sqlite" else driver_url(url)
    engine = create_engine(address)
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        upgrade(connection)
    engine.dispose()


def upgrade(connection: Connection) -> None:
    """Run what is missing on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    fresh = not inspect(connection).has_table("meta")
    command.upgrade(config, "head")
    if fresh:
        journal.begin_epoch(connection)
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"the upgrade broke {len(broken)} references; nothing was changed")
