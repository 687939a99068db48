"""What changed a whole fair, or left it as a file."""

from dataclasses import dataclass

from jobdating.domain.events.base import Event


@dataclass(frozen=True, kw_only=True)
class AnnouncementSent(Event):
    announcement_id: int
    stand_id: int | None
    site_id: int | None


@dataclass(frozen=True, kw_only=True)
class FairChanged(Event):
    pass


@dataclass(frozen=True, kw_only=True)
class FairImported(Event):
    pass


@dataclass(frozen=True, kw_only=True)
class FairExported(Event):
    """Somebody took all its data away as a file. The journal's account says who."""


@dataclass(frozen=True, kw_only=True)
class AuditExported(Event):
    """Somebody took the list of who did what away as a file. The journal's account says who."""


@dataclass(frozen=True, kw_only=True)
class PeopleForgotten(Event):
    """The purge of the fair erased what names people; `count` accounts."""

    count: int


@dataclass(frozen=True, kw_only=True)
class DayTurned(Event):
    """The live day of the fair is another one."""


@dataclass(frozen=True, kw_only=True)
class PlacesPassed(Event):
    """Slots that nobody took start too soon to be taken now."""


@dataclass(frozen=True, kw_only=True)
class AttendanceSampled(Event):
    pass


@dataclass(frozen=True, kw_only=True)
class DemoClockSet(Event):
    """The demo's time runs at another speed."""
