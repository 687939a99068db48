"""The rehearsals of a fair: the one to show, and those before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from jobdating.db import tables as t

SURE = 4  # percent that must be played before the rest is foreseen


@dataclass(frozen=True)
class Rehearsal:
    """One rehearsal; `result` holds an entry a variation as soon as one draw is played. Moments are wall time."""

    id: int
    asked: Mapping[str, Any]
    asked_at: datetime
    step: str
    share: int
    step_at: datetime
    done_at: datetime | None
    result: tuple[Mapping[str, Any], ...]
    fault: str

    def is_under_way(self, now: datetime, *, stuck: timedelta) -> bool:
        """Whether its process was heard of not long ago."""
        return self.step in {"wait", "play"} and now - self.step_at <= stuck

    def left(self, now: datetime) -> timedelta | None:
        """How long it will still take, at the pace so far; None while that would be a guess."""
        passed = now - self.asked_at
        if self.share < SURE or passed <= timedelta():
            return None
        return passed * (100 - self.share) / self.share


def of_fair(tx: Connection, fair_id: int) -> list[Rehearsal]:
    """The latest first."""
    rows = tx.execute(
        select(t.rehearsals).where(t.rehearsals.c.fair_id == fair_id).order_by(t.rehearsals.c.id.desc())
    ).all()
    return [
        Rehearsal(
            row.id, row.asked, row.asked_at, row.step, row.share, row.step_at, row.done_at, tuple(row.result or ()),
            row.fault or "",
        )
        for row in rows
    ]  # fmt: skip
