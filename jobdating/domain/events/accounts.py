"""Who signed in, how, and what they may."""

from dataclasses import dataclass, field

from jobdating.domain.events.base import Event


@dataclass(frozen=True, kw_only=True)
class RightsChanged(Event):
    """The account lost or gained a right, or a session was revoked: its sockets close and its pages reload."""

    account_id: int


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    """The account proved its address and opened a session."""

    account_id: int


@dataclass(frozen=True, kw_only=True)
class SignInRefused(Event):
    """Somebody tried to be this account and was refused; `reason` is the refusal's code."""

    account_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorHeld(Event):
    """The account confirmed who it is; `way` is "passkey", "app", "recovery" or "provider"."""

    account_id: int
    way: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorChanged(Event):
    """A way to confirm was added, removed or reset; `change` says which. Who did it is the journal's account."""

    account_id: int
    change: str


@dataclass(frozen=True, kw_only=True)
class LeadChanged(Event):
    """The account leads the recruiters of the company from now on, or no longer; it works at `stand_ids` of it."""

    account_id: int
    company_id: int
    lead: bool
    stand_ids: list[int] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class AccountErased(Event):
    """Its person asked for it. Counts remain, names do not."""

    account_id: int
