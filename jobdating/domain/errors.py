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


class SecondFactorNeeded(DomainError):
    """Who works here confirms a second time, beyond the mail, who they are."""

    code = "second_factor_needed"


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


class ConsentNeeded(DomainError):
    """No place without a yes: the person's own or, under 15, a parent's; `params["permission"]` says whose."""

    code = "consent_needed"


class AlreadyInLine(DomainError):
    """The candidate already waits at this stand."""

    code = "already_in_line"


class WrongState(DomainError):
    """The booking has moved on: the button that was pressed no longer applies."""

    code = "wrong_state"


class StandBusy(DomainError):
    """Someone else is called or in an interview at this stand."""

    code = "stand_busy"


class StandShut(DomainError):
    """The stand takes nobody without an appointment before `params["until"]`."""

    code = "stand_shut"


class CandidateBusy(DomainError):
    """The candidate is called or in an interview at another stand."""

    code = "candidate_busy"


class StandNotFull(DomainError):
    code = "stand_not_full"


class GapTaken(DomainError):
    """Somebody else was quicker, or the gap is no more."""

    code = "gap_taken"


class TooLate(DomainError):
    """A place is not kept that long; `params["until"]` is the latest moment one may promise."""

    code = "too_late"


class PhoneMissing(DomainError):
    """Nobody can be phoned without a number."""

    code = "phone_missing"


class WishesFirst(DomainError):
    """Places come from the timetable, or wait until the organiser opens what it left."""

    code = "wishes_first"


class WishesClosed(DomainError):
    """The deadline for wishes, `params["until"]`, is over."""

    code = "wishes_closed"


class NothingToPublish(DomainError):
    """There is no such draft, or it is not solved."""

    code = "nothing_to_publish"


class TimetableStale(DomainError):
    """Meanwhile places of the draft were taken, closed or limited: `params["places"]` are (stand, moment, code)."""

    code = "timetable_stale"


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
