"""What a rule says when it refuses. Codes only: no HTTP, no words for the screen."""

from typing import ClassVar


class DomainError(Exception):
    """A refusal with a stable machine `code`; `params` fill the sentence that a person reads."""

    code: ClassVar[str] = "refused"

    def __init__(self, **params: object) -> None:
        super().__init__(self.code)
        self.params = params


class NotFound(DomainError):
    """It does not exist, or the actor may not know that it does."""

    code = "not_found"


class NotAllowed(DomainError):
    code = "not_allowed"


class SignInNeeded(DomainError):
    code = "sign_in_needed"


class Invalid(DomainError):
    """Typed values that cannot be accepted; `params["fields"]` maps a field to a message code."""

    code = "invalid"


class SlotTaken(DomainError):
    code = "slot_taken"


class SlotBlocked(DomainError):
    code = "slot_blocked"


class Overlap(DomainError):
    code = "overlap"


class TooClose(DomainError):
    code = "too_close"


class LimitReached(DomainError):
    code = "limit_reached"


class WindowClosed(DomainError):
    code = "window_closed"


class NotEligible(DomainError):
    code = "not_eligible"


class AlreadyInLine(DomainError):
    """The candidate already waits at this stand."""

    code = "already_in_line"


class WrongState(DomainError):
    """The booking has moved on: the button that was pressed no longer applies."""

    code = "wrong_state"


class StandBusy(DomainError):
    """Someone else is called or in an interview at this stand."""

    code = "stand_busy"


class CandidateBusy(DomainError):
    """The candidate is called or in an interview at another stand."""

    code = "candidate_busy"


class StandNotFull(DomainError):
    code = "stand_not_full"


class OfferExpired(DomainError):
    code = "offer_expired"


class RoomNotOpen(DomainError):
    code = "room_not_open"


class KeyReused(DomainError):
    """An idempotency key came back with another request."""

    code = "key_reused"


class TooMany(DomainError):
    """A rate limit; `params["retry_after"]` is in seconds."""

    code = "too_many"


class TooLarge(DomainError):
    code = "too_large"
