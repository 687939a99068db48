"""Who may take which slot, and why not. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from jobdating.domain import errors
from jobdating.domain.slots import Span
from jobdating.domain.window import Window

UNDO_LASTS = timedelta(minutes=2)  # how long a cancellation can be taken back


@dataclass(frozen=True)
class Rules:
    """A fair's rules for taking a slot. `gap` is the free time required between two interviews of one person.

    `by_wishes` says that places come from the timetable: nobody takes one themselves.
    """

    window: Window
    gap: timedelta
    cap: int
    by_wishes: bool = False

    def at_any_time(self) -> "Rules":
        """The same without the public window: for a place that is offered, not asked for."""
        always = Window(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), timedelta())
        return replace(self, window=always, by_wishes=False)


@dataclass(frozen=True)
class Held:
    """An interview a candidate already has: when (None for a walk-in that was not called), and whether it is live."""

    booking_id: int
    span: Span | None
    live: bool = True


def check(
    slot: Span,
    *,
    held: Iterable[Held],
    rules: Rules,
    eligible: bool,
    now: datetime,
    moving: int | None = None,
    acting_for: bool = False,
) -> None:
    """Raise the first reason why `slot` cannot be taken; return when it can.

    `held` are the candidate's counted interviews, without the booking `moving` (an id) which the new slot would
    replace. `acting_for` lifts the window and the gap: an organiser or a stand decides for someone.
    Raises WindowClosed, NotEligible, LimitReached, Overlap, TooClose.
    """
    if slot.end <= now or not (acting_for or rules.window.admits(slot.start, now)):
        raise errors.WindowClosed(opens_at=rules.window.opens_at, closes_at=rules.window.closes_at)
    if rules.by_wishes and not acting_for:
        raise errors.WishesFirst()
    if not eligible:
        raise errors.NotEligible()
    others = [interview for interview in held if interview.booking_id != moving]
    if len(others) >= rules.cap:
        raise errors.LimitReached(cap=rules.cap)
    for interview in others:
        if interview.span and interview.live:
            if slot.overlaps(interview.span):
                raise errors.Overlap(starts_at=interview.span.start)
            if not acting_for and slot.overlaps(_widened(interview.span, rules.gap)):
                raise errors.TooClose(starts_at=interview.span.start, gap=rules.gap)


def _widened(span: Span, gap: timedelta) -> Span:
    return Span(span.start - gap, span.end + gap)


def is_eligible(candidate_trades: Iterable[str], stand_trades: Iterable[str]) -> bool:
    """A trade in common; a stand without trades takes everybody."""
    wanted = set(stand_trades)
    return not wanted or not wanted.isdisjoint(candidate_trades)
