"""The shapes that go in and out of the API. Moments are ISO 8601 UTC with `Z`."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer

MAX_ID = 2**31 - 1
Id = Annotated[int, Field(ge=1, le=MAX_ID)]


def _utc(moment: datetime) -> str:
    return moment.isoformat(timespec="auto").replace("+00:00", "Z")


Moment = Annotated[AwareDatetime, PlainSerializer(_utc, return_type=str)]


class Shape(BaseModel):
    """Unknown fields are refused: a misspelt one is not silently ignored."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class Counts(Shape):
    companies: int
    offers: int
    stands: int
    free: int = Field(description="Places that can still be taken.")


class Fair(Shape):
    id: int
    slug: str
    name: str
    first_day: date
    last_day: date
    timezone: str
    opens_at: Moment
    closes_at: Moment
    interview_minutes: int
    buffer_minutes: int
    gap_minutes: int
    cap: int
    by_wishes: bool = Field(description="Places come from a timetable of wishes: nobody takes a slot by themselves.")


class FairWithCounts(Fair):
    counts: Counts


class Stand(Shape):
    id: int
    slug: str
    name: str
    company_id: int
    company: str
    town: str
    kind: str
    trades: list[str]
    takes_walk_ins: bool
    asks_confirmation: bool
    closed: bool
    away: bool
    shut_until: Moment | None = Field(description="Takes nobody without an appointment before; null when it does.")
    delay_minutes: int
    free: int = Field(description="Places that can be taken; none while they come from wishes.")


class Slot(Shape):
    id: int
    stand_id: int
    starts_at: Moment
    ends_at: Moment
    capacity: int
    free: int = Field(description="Places that can be taken; none while they come from wishes.")


class Booking(Shape):
    id: int
    slot_id: int | None
    stand_id: int
    state: str
    starts_at: Moment | None
    ends_at: Moment | None


class QueueEntry(Shape):
    position: int
    booking_id: int
    state: str
    walk_in: bool
    starts_at: Moment | None
    present: bool
    mine: bool
    name: str | None = Field(description="For the stand's staff only.")
    low: Moment | None = Field(description="Four times of five the call comes between low and high.")
    high: Moment | None


class Waiting(Shape):
    stand_id: int
    position: int | None = Field(description="1 is first; null is not on the waitlist.")


class GapOffer(Shape):
    """A stand that has time to spare asks whether one comes at once."""

    id: int
    stand_id: int
    stand: str
    state: str = Field(description="offered, accepted, declined, expired, or withdrawn: another was quicker.")
    made_at: Moment
    expires_at: Moment = Field(description="To be answered before.")
    until: Moment = Field(description="When one must have left again.")


class Fairs(Shape):
    items: list[Fair]
    next: str | None


class Stands(Shape):
    items: list[Stand]
    next: str | None


class Slots(Shape):
    items: list[Slot]
    next: str | None


class Bookings(Shape):
    items: list[Booking]
    next: str | None


class GapOffers(Shape):
    items: list[GapOffer]
    next: str | None


class Queue(Shape):
    items: list[QueueEntry]
    next: str | None


class BookingRequest(Shape):
    """Empty for oneself; staff and organisers name the candidate."""

    candidate_id: Id | None = None


class MoveRequest(Shape):
    slot_id: Id


class Problem(BaseModel):
    """RFC 9457, with a stable `code`."""

    type: str
    title: str
    status: int
    code: str
    detail: str
