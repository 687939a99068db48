"""When a simulated fair is open: its days, its hours, how long an interview is planned. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from jobdating.domain.grid import fair_hours
from jobdating.domain.slots import Span
from jobdating.domain.window import days_between

HalfDay = tuple[date, int]  # a day, and the number of one of its stretches of hours
COMES_BEFORE, LEAVES_AFTER = timedelta(hours=1), timedelta(minutes=50)


@dataclass(frozen=True)
class Setting:
    """Local hours as ("09:00", "12:00") pairs; moments in UTC."""

    first_day: date
    last_day: date
    hours: tuple[tuple[str, str], ...]
    timezone: str
    interview: timedelta
    opens_at: datetime
    closes_at: datetime

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(days_between(self.first_day, self.last_day))

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @cached_property
    def stretches(self) -> dict[HalfDay, Span]:
        """Every stretch of hours, in order of time."""
        return {
            (day, number): span
            for day in self.days
            for number, span in enumerate(fair_hours([day], self.hours, self.timezone))
        }

    def half_of(self, moment: datetime) -> HalfDay | None:
        """The half-day a moment belongs to, from an hour before it to 50 minutes after; None outside."""
        for half, span in self.stretches.items():
            if span.start - COMES_BEFORE <= moment < span.end + LEAVES_AFTER:
                return half
        return None

    def half_of_slot(self, slot: Span) -> HalfDay:
        """The half-day a slot is in: the last that has begun by its middle, else the first of its day."""
        day = slot.start.astimezone(self.zone).date()
        middle = slot.start + (slot.end - slot.start) / 2
        begun = [
            number for (its_day, number), span in self.stretches.items() if its_day == day and span.start <= middle
        ]
        return day, max(begun, default=0)
