"""When a fair may be booked. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Window:
    """Public booking is open from `opens_at` until `closes_at`, and at least `lead` before a slot starts."""

    opens_at: datetime
    closes_at: datetime
    lead: timedelta

    def is_open(self, now: datetime) -> bool:
        return self.opens_at <= now < self.closes_at

    def admits(self, starts_at: datetime, now: datetime) -> bool:
        """Whether a slot that starts then may be taken now."""
        return self.is_open(now) and now + self.lead <= starts_at


def day_span(day: date, timezone: str) -> tuple[datetime, datetime]:
    """The first moment of a local day and the first of the next, UTC; 23 or 25 hours when the clocks change."""
    zone = ZoneInfo(timezone)
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return start.astimezone(UTC), end.astimezone(UTC)


def days_between(first: date, last: date) -> list[date]:
    """Every day from the first to the last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
