"""What a candidate did or agreed to, and who read what is theirs."""

from dataclasses import dataclass, field

from jobdating.domain.events.base import CandidateEvent


@dataclass(frozen=True, kw_only=True)
class CandidateRegistered(CandidateEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class ProfileChanged(CandidateEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class WishesRanked(CandidateEvent):
    """`stand_ids` are those wished for before or now: how contested they are may have changed."""

    stand_ids: list[int] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class CandidatePresenceChanged(CandidateEvent):
    connected: bool


@dataclass(frozen=True, kw_only=True)
class DocumentRead(CandidateEvent):
    """Somebody other than the candidate opened the CV. The journal's account says who."""

    stand_id: int | None


@dataclass(frozen=True, kw_only=True)
class ProfileRead(CandidateEvent):
    """Somebody other than the candidate opened their page. The journal's account says who."""

    stand_id: int | None


@dataclass(frozen=True, kw_only=True)
class ParentAsked(CandidateEvent):
    """A mail asks a parent whether the candidate may take part."""


@dataclass(frozen=True, kw_only=True)
class PermissionChanged(CandidateEvent):
    """The candidate, or a parent, said yes, said no, or took it back; `permission` is what holds now."""

    permission: str


@dataclass(frozen=True, kw_only=True)
class PaperChanged(CandidateEvent):
    """An organiser noted a parent's yes on paper, or that it holds no longer: `change` says which."""

    change: str


@dataclass(frozen=True, kw_only=True)
class KeepingChanged(CandidateEvent):
    """Wants to be kept longer, or no longer (`until` is None)."""

    until: str | None


@dataclass(frozen=True, kw_only=True)
class AdultChanged(CandidateEvent):
    """An adult was named for copies of the messages, stopped them, or is named no longer."""

    change: str
