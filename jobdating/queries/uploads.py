"""The files of an import that waits for its confirmation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.domain.errors import NotFound


@dataclass(frozen=True)
class Upload:
    """`step` is "uploaded", the step under way, or "done"; `result` tells then what was done."""

    id: int
    name: str
    content: bytes
    step: str
    step_at: datetime
    result: dict[str, Any] | None


def upload(tx: Connection, *, upload_id: int, fair_id: int) -> Upload:
    """Raises NotFound for one of another fair too."""
    row = tx.execute(select(t.uploads).where(t.uploads.c.id == upload_id, t.uploads.c.fair_id == fair_id)).first()
    if row is None:
        raise NotFound(what="upload")
    return Upload(row.id, row.name, row.content, row.step, row.step_at, row.result)
