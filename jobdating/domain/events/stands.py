"""What happened at a stand: its slots, its people, its gaps, and who read what it wrote."""

from dataclasses import dataclass

from jobdating.domain.events.base import Event, StandEvent


@dataclass(frozen=True, kw_only=True)
class StandChanged(StandEvent):
    """Its name, room, trades, hours or slots."""


@dataclass(frozen=True, kw_only=True)
class StandRepaired(StandEvent):
    """Its people moved together, and its slots: what exactly is the row `repair_id`."""

    repair_id: int
    way: str


@dataclass(frozen=True, kw_only=True)
class RepairUndone(StandEvent):
    """What could go back went back."""

    repair_id: int


@dataclass(frozen=True, kw_only=True)
class RepairSettled(StandEvent):
    """It can no longer be taken back."""

    repair_id: int


@dataclass(frozen=True, kw_only=True)
class StandWentAway(StandEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class StandCameBack(StandEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class StandTurned(StandEvent):
    """A stand that was closed for a while is closed from now on, or takes people again."""


@dataclass(frozen=True, kw_only=True)
class StandPresenceChanged(StandEvent):
    connected: bool


@dataclass(frozen=True, kw_only=True)
class SlotBlocked(StandEvent):
    slot_id: int


@dataclass(frozen=True, kw_only=True)
class SlotReopened(StandEvent):
    slot_id: int


@dataclass(frozen=True, kw_only=True)
class WaitlistJoined(StandEvent):
    candidate_id: int


@dataclass(frozen=True, kw_only=True)
class WaitlistLeft(StandEvent):
    candidate_id: int


@dataclass(frozen=True, kw_only=True)
class EstimatesMoved(StandEvent):
    """The stand's expected times moved by a minute or more."""

    delay_minutes: int


@dataclass(frozen=True, kw_only=True)
class TurnChanged(StandEvent):
    """Time alone changed whom the stand should call: a grace is over, somebody is due."""


@dataclass(frozen=True, kw_only=True)
class TroubleChanged(StandEvent):
    """What needs a hand at the stand is another thing now."""


@dataclass(frozen=True, kw_only=True)
class GapOpened(StandEvent):
    """The stand has time to spare, since the booking `cause_id` was missed or over early."""

    gap_id: int
    cause_id: int


@dataclass(frozen=True, kw_only=True)
class GapOffered(StandEvent):
    gap_id: int
    candidate_id: int


@dataclass(frozen=True, kw_only=True)
class GapDeclined(StandEvent):
    """They said no, or (`expired`) nothing in time."""

    gap_id: int
    candidate_id: int
    expired: bool


@dataclass(frozen=True, kw_only=True)
class GapTaken(StandEvent):
    gap_id: int
    candidate_id: int
    booking_id: int


@dataclass(frozen=True, kw_only=True)
class GapClosed(StandEvent):
    """Nobody can take it any more: it is past, somebody else was called, or the missed person came."""

    gap_id: int


@dataclass(frozen=True, kw_only=True)
class ClashFound(StandEvent):
    """Somebody is expected here and at `other_stand_id` at about the same time."""

    other_stand_id: int
    candidate_id: int


@dataclass(frozen=True, kw_only=True)
class ClashGone(StandEvent):
    other_stand_id: int
    candidate_id: int


@dataclass(frozen=True, kw_only=True)
class PlaceYielded(StandEvent):
    """The stand lets the other go first with the person both expect; or, `back`, no longer."""

    other_stand_id: int
    candidate_id: int
    back: bool


@dataclass(frozen=True, kw_only=True)
class InterviewsExported(Event):
    """Somebody took the list of the stand's interviews away. The journal's account says who; no page shows it."""

    stand_id: int


@dataclass(frozen=True, kw_only=True)
class NotesRead(Event):
    """Somebody who does not work at the stand opened pages that show its notes. The journal's account says who."""

    stand_id: int
