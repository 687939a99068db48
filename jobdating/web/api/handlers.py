"""Parses API requests, calls a service or query, and shapes the answer. No rules here."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from jobdating.clock import WallClock
from jobdating.domain.errors import Invalid, NotFound
from jobdating.domain.policy import Actor
from jobdating.domain.wishing import Mode, Wishing
from jobdating.queries import listing
from jobdating.services import booking, gaps, idempotency, queue, waitlist
from jobdating.services.booking import Booking
from jobdating.web.api import models as m
from jobdating.web.house import house
from jobdating.web.visit import actor_of_token, bearer_of, visit

Body = TypeVar("Body", bound=BaseModel)
MAX_LIMIT = 200
MAX_KEY = 200


def answer(model: BaseModel, status: int = 200) -> Response:
    return Response(model.model_dump_json(), status_code=status, media_type="application/json")


async def list_fairs(request: Request) -> Response:
    after, limit = _paging(request)
    page = await house(request).db.read(listing.fairs, after=after, limit=limit)
    return answer(m.Fairs(items=[_fair(row) for row in page.rows], next=_cursor(page)))


async def show_fair(request: Request) -> Response:
    fair = visit(request).the_fair()
    counts = await house(request).db.read(listing.counts, fair.id)
    minutes = {
        "interview_minutes": fair.interview.seconds // 60,
        "buffer_minutes": fair.buffer.seconds // 60,
        "gap_minutes": fair.gap.seconds // 60,
    }
    told = minutes | {"by_wishes": fair.wishing.by_wishes}
    frame = {name: getattr(fair, name) for name in m.Fair.model_fields if name not in told}
    return answer(m.FairWithCounts(**frame, **told, counts=m.Counts(**counts)))


async def list_stands(request: Request) -> Response:
    after, limit = _paging(request)
    fair = visit(request).the_fair()
    page = await house(request).db.read(listing.stands, fair.id, after=after, limit=limit)
    items = [
        m.Stand(
            **{name: getattr(row, name) for name in m.Stand.model_fields if name not in {"trades", "away", "free"}},
            trades=trades,
            away=row.away_since is not None,
            free=free,
        )
        for row, trades, free in page.rows
    ]
    return answer(m.Stands(items=items, next=_cursor(page)))


async def list_slots(request: Request) -> Response:
    after, limit = _paging(request)
    stand = request.query_params.get("stand")
    if stand is not None and not _is_id(stand):
        raise Invalid(fields={"stand": "invalid"})
    page = await house(request).db.read(
        listing.slots,
        visit(request).the_fair().id,
        stand_id=int(stand) if stand else None,
        free=_flag(request, "free"),
        after=after,
        limit=limit,
    )
    items = [
        m.Slot(
            id=row.id,
            stand_id=row.stand_id,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            capacity=row.capacity,
            free=row.bookable,
        )
        for row in page.rows
    ]
    return answer(m.Slots(items=items, next=_cursor(page)))


async def book_slot(request: Request) -> Response:
    body = await _body(request, m.BookingRequest)
    found = await _command(request, booking.book, slot_id=_path_id(request, "slot"), candidate_id=body.candidate_id)
    return answer(found, 201)


async def list_bookings(request: Request) -> Response:
    after, limit = _paging(request)
    page = await house(request).db.read(listing.bookings, visit(request).actor, after=after, limit=limit)
    items = [
        m.Booking.model_validate({name: getattr(row, name) for name in m.Booking.model_fields}) for row in page.rows
    ]
    return answer(m.Bookings(items=items, next=_cursor(page)))


async def show_booking(request: Request) -> Response:
    row = await house(request).db.read(listing.booking, visit(request).actor, _path_id(request, "booking"))
    return answer(m.Booking(**{name: getattr(row, name) for name in m.Booking.model_fields}))


async def move_booking(request: Request) -> Response:
    body = await _body(request, m.MoveRequest)
    return answer(await _command(request, booking.move, booking_id=_path_id(request, "booking"), slot_id=body.slot_id))


async def cancel_booking(request: Request) -> Response:
    return answer(await _command(request, booking.cancel, booking_id=_path_id(request, "booking")))


def on_booking(service: Callable[..., Booking]) -> Callable[[Request], Any]:
    """A handler for a step of the live day: no body, the booking as it is after."""

    async def step(request: Request) -> Response:
        return answer(await _command(request, service, booking_id=_path_id(request, "booking")))

    step.__name__ = service.__name__
    return step


async def list_offers(request: Request) -> Response:
    after, limit = _paging(request)
    pending, actor = _flag(request, "pending"), visit(request).actor
    page = await house(request).db.read(listing.gap_offers, actor, pending=pending, after=after, limit=limit)
    return answer(m.GapOffers(items=[m.GapOffer.model_validate(row) for row in page.rows], next=_cursor(page)))


async def accept_offer(request: Request) -> Response:
    return answer(await _command(request, gaps.accept, offer_id=_path_id(request, "offer")))


async def decline_offer(request: Request) -> Response:
    return answer(await _command(request, _decline, m.GapOffer, offer_id=_path_id(request, "offer")))


def _decline(tx: Connection, actor: Actor, *, offer_id: int, now: datetime) -> Any:
    gaps.decline(tx, actor, offer_id=offer_id, now=now)
    return listing.gap_offer(tx, offer_id)


async def show_queue(request: Request) -> Response:
    entries = await house(request).db.read(listing.queue, visit(request).actor, _path_id(request, "stand"))
    return answer(m.Queue(items=[m.QueueEntry.model_validate(entry) for entry in entries], next=None))


async def join_queue(request: Request) -> Response:
    body = await _body(request, m.BookingRequest)
    found = await _command(request, queue.join, stand_id=_path_id(request, "stand"), candidate_id=body.candidate_id)
    return answer(found, 201)


def on_waitlist(service: Callable[..., waitlist.Waiting]) -> Callable[[Request], Any]:
    """A handler for joining or leaving a stand's waitlist: no body, one's place as it is after."""

    async def step(request: Request) -> Response:
        return answer(await _command(request, service, m.Waiting, stand_id=_path_id(request, "stand")))

    step.__name__ = f"{service.__name__}_waitlist"
    return step


async def _command(
    request: Request,
    service: Callable[..., Any],
    shape: type[BaseModel] = m.Booking,
    **arguments: Any,
) -> BaseModel:
    """Run a service once; with an Idempotency-Key, once for all the times it is asked. What it returns, in its shape."""
    home, token = house(request), bearer_of(request)
    act = partial(
        _act,
        service=service,
        shape=shape,
        who=visit(request).actor if token is None else token,
        now=home.clock.now(),
        wall=WallClock().now(),
        arguments=arguments,
    )
    key = request.headers.get("idempotency-key")
    if key is None:
        return shape.model_validate(await home.db.write(act))
    if not 1 <= len(key) <= MAX_KEY:
        raise Invalid(fields={"Idempotency-Key": "invalid"})
    told = json.dumps([request.method, request.scope["path"], arguments], sort_keys=True)
    stored = await home.db.write(act, once=(key, hashlib.sha256(told.encode()).hexdigest()))
    return shape.model_validate(stored)


def _act(
    tx: Connection,
    *,
    service: Callable[..., Any],
    shape: type[BaseModel],
    who: Actor | str,
    now: datetime,
    wall: datetime,
    arguments: dict[str, Any],
    once: tuple[str, str] | None = None,
) -> Any:
    """What the service returns for `who` (an actor, or a bearer token); as plain values of its shape when it runs
    `once`, for a key and the hash of its request."""
    actor = actor_of_token(tx, who, wall=wall) if isinstance(who, str) else who
    if once is None:
        return service(tx, actor, now=now, **arguments)

    def run(tx: Connection) -> dict[str, Any]:
        return shape.model_validate(service(tx, actor, now=now, **arguments)).model_dump(mode="json")

    key, request_hash = once
    return idempotency.once(tx, account_id=actor.account_id or 0, key=key, request_hash=request_hash, now=now, run=run)


def _fair(row: Any) -> m.Fair:
    by_wishes = Wishing(Mode(row.mode), rest_open=row.rest_open).by_wishes
    frame = {name: getattr(row, name) for name in m.Fair.model_fields if name != "by_wishes"}
    return m.Fair(**frame, by_wishes=by_wishes)


async def _body(request: Request, model: type[Body]) -> Body:
    """The JSON body; nothing at all counts as an empty object. Raises Invalid with each wrong field."""
    raw = await request.body()
    try:
        return model.model_validate_json(raw or b"{}")
    except ValidationError as error:
        fields = {".".join(map(str, each["loc"])) or "body": each["msg"] for each in error.errors()}
        raise Invalid(fields=fields) from error


def _path_id(request: Request, name: str) -> int:
    value = request.path_params[name]
    if not _is_id(value):
        raise NotFound(what=name)
    return int(value)


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= 10 and 0 < int(value) <= m.MAX_ID


def _flag(request: Request, name: str) -> bool:
    value = request.query_params.get(name, "false")
    if value not in {"true", "false"}:
        raise Invalid(fields={name: "invalid"})
    return value == "true"


def _paging(request: Request) -> tuple[int, int]:
    cursor = request.query_params.get("cursor")
    limit = request.query_params.get("limit", "100")
    if not (limit.isascii() and limit.isdecimal() and 1 <= int(limit[:9]) <= MAX_LIMIT and len(limit) < 9):
        raise Invalid(fields={"limit": f"1–{MAX_LIMIT}"})
    if cursor is None:
        return 0, int(limit)
    try:
        after = int(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii"))
    except (binascii.Error, ValueError) as error:
        raise Invalid(fields={"cursor": "invalid"}) from error
    if not 0 <= after <= m.MAX_ID:
        raise Invalid(fields={"cursor": "invalid"})
    return after, int(limit)


def _cursor(page: listing.Page) -> str | None:
    if page.next_id is None:
        return None
    return base64.urlsafe_b64encode(str(page.next_id).encode()).decode().rstrip("=")
