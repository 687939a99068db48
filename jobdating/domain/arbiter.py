"""TODO placeholder"""
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class TimeBox:
    allowed: timedelta = timedelta(minutes=3)
    margin: timedelta = timedelta(minutes=3)
    least: timedelta = timedelta(minutes=8)

    @property
    def slack(self) -> timedelta:
        return self.allowed - self.margin
