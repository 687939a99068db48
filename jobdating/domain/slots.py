"""Cuts hours into slots on a grid. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, order=True)
class Span:
    """A half-open stretch of time, aware UTC."""

    start: datetime
    end: datetime

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


def cut(
    hours: Iterable[Span], *, interview: timedelta, buffer: timedelta, breaks: Iterable[Span] = ()
) -> Iterator[Span]:
    """Yield slots of length `interview`, a `buffer` apart, inside each of `hours` and touching none of `breaks`.

    A slot must end within its hours; the buffer after the last one may not fit. A slot that touches a break is
    left out and the grid goes on, so that all stands of a fair keep the same rhythm.
    Raises ValueError when `interview` is not positive or `buffer` is negative.
    """
    if interview <= timedelta() or buffer < timedelta():
        raise ValueError("an interview lasts some time, and a buffer is not negative")
    away = tuple(breaks)
    for stretch in sorted(hours):
        start = stretch.start
        while start + interview <= stretch.end:
            slot = Span(start, start + interview)
            if not any(slot.overlaps(pause) for pause in away):
                yield slot
            start += interview + buffer
