"""What somebody who waits is told of their time, as rows of `estimates` say it. For every page that shows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobdating.db import tables as t
from jobdating.domain.states import Why

COLUMNS = (
    t.estimates.c.not_before,
    t.estimates.c.low,
    t.estimates.c.high,
    t.estimates.c.why,
    t.estimates.c.pace_minutes,
    t.estimates.c.published_at,
)


@dataclass(frozen=True)
class Expected:
    """Never before `not_before`, likely from `low` to `high`. `pace_minutes` is what an interview takes at the stand."""

    not_before: datetime
    low: datetime
    high: datetime
    why: Why
    pace_minutes: int
    published_at: datetime

    @property
    def floor(self) -> datetime | None:
        """`not_before`, where it had not passed when it was told."""
        return self.not_before if self.not_before > self.published_at else None


def of(row: Any) -> Expected | None:
    """Of a row that has COLUMNS by an outer join; None where nothing was published."""
    if row.low is None:
        return None
    return Expected(row.not_before, row.low, row.high, Why(row.why), row.pace_minutes, row.published_at)
