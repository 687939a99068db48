"""The only reader of the time. The demo and the tests hand in another clock."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """`now` is the fair's time (aware, UTC); `rate` is fair seconds per real second, 0 when paused."""

    @property
    def rate(self) -> float: ...

    def now(self) -> datetime: ...


class WallClock:
    """The time of day of the machine."""

    rate = 1.0

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class SteppedClock:
    """Stands still until told to move: for tests and simulated days."""

    moment: datetime
    rate: float = 0.0

    def now(self) -> datetime:
        return self.moment

    def advance(self, by: timedelta) -> datetime:
        self.moment += by
        return self.moment


class PlayedClock:
    """A fair's time that runs faster than ours, can pause, and never goes back: for the demo."""

    def __init__(self, start: datetime, rate: float) -> None:
        self._moment = start
        self._rate = rate
        self._since = time.monotonic()

    @property
    def rate(self) -> float:
        return self._rate

    def now(self) -> datetime:
        return self._moment + timedelta(seconds=(time.monotonic() - self._since) * self._rate)

    def set_rate(self, rate: float) -> None:
        """From this moment, play at `rate` fair seconds a second (0 pauses)."""
        self._moment, self._since, self._rate = self.now(), time.monotonic(), rate
