"""The public page of a stand, and what a candidate does there: take a slot, wait for one, join the line."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.domain import topics
from jobdating.domain.booking import is_eligible
from jobdating.domain.errors import DomainError, NotFound, SignInNeeded
from jobdating.queries import commitments, wishes
from jobdating.queries import stand as stand_query
from jobdating.queries.commitments import Commitments, Interview
from jobdating.queries.stand import Board, Slot, SlotLook, Stand, Status
from jobdating.rendering.refusals import sentence
from jobdating.services import booking, queue, waitlist
from jobdating.web import forms, pages
from jobdating.web.house import house
from jobdating.web.visit import Visit, visit
from jobdating.web.welcome import unanswered


@dataclass(frozen=True)
class Read:
    """What the page of a stand is drawn from, in one snapshot. `own` is the visitor's as a candidate of the fair.

    `moving` is the interview they want elsewhere; `wished` says that the stand is among their wishes.
    """

    cursor: str
    stand: Stand
    board: Board
    status: Status
    own: Commitments | None
    moving: Interview | None
    wished: bool


@dataclass(frozen=True)
class Choice:
    """The slot that is chosen, why it cannot be had (None when it can), and the free ones nearest to it."""

    slot: Slot
    reason: str | None
    nearest: tuple[Slot, ...]
    mine: Interview | None


async def show(request: Request) -> Response:
    chosen, moving = _number(request, "slot"), _number(request, "moving")
    return await _page(request, request.path_params["stand"], chosen=chosen, moving=moving)


async def book(request: Request) -> Response:
    """Take a slot, for oneself or (staff) for `candidate_id`. A refusal is said on the page of the stand."""
    seen, slot_id = visit(request), request.path_params["slot"]
    slot = await house(request).db.read(stand_query.slot, slot_id)
    if slot is None or slot.fair_id != seen.the_fair().id:
        raise NotFound(what="slot")
    candidate_id = forms.optional_number(await forms.read(request), "candidate_id")
    address = _address(seen, slot.stand_id)
    if candidate_id is None and (questions := await unanswered(request, f"{address}?slot={slot_id}")):
        return questions
    try:
        made = await house(request).db.write(
            booking.book, seen.actor, slot_id=slot_id, candidate_id=candidate_id, now=seen.now
        )
    except SignInNeeded:
        return _sign_in(f"{address}?slot={slot_id}")
    except DomainError as refusal:
        if request.headers.get("x-live") or candidate_id is not None:
            raise
        return await _page(request, slot.stand_id, chosen=slot_id, refusal=refusal)
    return await pages.done(request, f"{address}?slot={slot_id}&booked={made.id}")


async def join_waitlist(request: Request) -> Response:
    return await _act(request, waitlist.join)


async def leave_waitlist(request: Request) -> Response:
    seen = visit(request)
    candidate_id = seen.actor.candidates.get(seen.the_fair().id)
    return await _act(request, waitlist.leave, candidate_id=candidate_id)


async def join_queue(request: Request) -> Response:
    """Join the live line without an appointment; staff may do it for `candidate_id`."""
    candidate_id = forms.optional_number(await forms.read(request), "candidate_id")
    return await _act(request, queue.join, candidate_id=candidate_id)


async def _act(request: Request, service: Callable[..., Any], **arguments: Any) -> Response:
    seen, stand_id = visit(request), request.path_params["stand"]
    address = _address(seen, stand_id)
    status = await house(request).db.read(stand_query.status, stand_id)
    if status is None or status.fair_id != seen.the_fair().id:
        raise NotFound(what="stand")
    if seen.actor.account_id is None:
        return _sign_in(address)
    if service in {waitlist.join, queue.join} and arguments.get("candidate_id") is None:
        questions = await unanswered(request, address)
        if questions is not None:
            return questions
    await house(request).db.write(service, seen.actor, stand_id=stand_id, now=seen.now, **arguments)
    return await pages.done(request, address)


async def _page(
    request: Request,
    stand_id: int,
    *,
    chosen: int | None = None,
    moving: int | None = None,
    refusal: DomainError | None = None,
) -> Response:
    seen = visit(request)
    fair_id = seen.the_fair().id
    candidate_id = seen.actor.candidates.get(fair_id)
    found = await house(request).db.read(_read, stand_id, fair_id=fair_id, candidate_id=candidate_id, moving=moving)
    choice = _choice(found, seen, chosen, refusal)
    live = [topics.stand(stand_id)]
    return pages.page(
        request,
        "public/stand.html",
        status=200 if refusal is None else 409,
        live=live if candidate_id is None else [*live, topics.candidate(candidate_id)],
        cursor=found.cursor,
        stand=found.stand,
        board=found.board,
        stand_status=found.status,
        own=found.own,
        moving=found.moving,
        wished=found.wished,
        choice=choice,
        done=_done(request, found),
        shown=_shown(request, found.board, choice),
        marks=_marks(found, seen),
        eligible=found.own is None or is_eligible(found.own.trades, found.stand.trades),
        address=_address(seen, stand_id),
    )


def _read(tx: Connection, stand_id: int, *, fair_id: int, candidate_id: int | None, moving: int | None) -> Read:
    cursor = pages.cursor(tx)
    stand = stand_query.stand(tx, stand_id, fair_id=fair_id)
    board, status = stand_query.board(tx, stand_id), stand_query.status(tx, stand_id)
    if stand is None or board is None or status is None:
        raise NotFound(what="stand")
    own = commitments.commitments(tx, candidate_id) if candidate_id is not None else None
    moved = [each for each in own.interviews if each.booking_id == moving and each.may_move] if own else []
    wished = own is not None and any(each.stand_id == stand_id for each in wishes.wishes(tx, own.id))
    return Read(cursor, stand, board, status, own, moved[0] if moved else None, wished)


def _choice(found: Read, seen: Visit, slot_id: int | None, refusal: DomainError | None) -> Choice | None:
    slot = next((each for each in found.board.slots if each.id == slot_id), None)
    if slot is None:
        return None
    mine = next((each for each in found.own.interviews if each.slot_id == slot.id), None) if found.own else None
    refusal = refusal or (None if mine else _refusal(found, seen, slot))
    reason = sentence(refusal.code, refusal.params, seen.language) if refusal else None
    return Choice(slot, reason, stand_query.nearest(found.board, slot), mine)


def _refusal(found: Read, seen: Visit, slot: Slot) -> DomainError | None:
    if found.own is None:
        return commitments.refusal_of_window(seen.the_fair(), slot, now=seen.now)
    return found.own.refusal(
        slot,
        eligible=is_eligible(found.own.trades, found.stand.trades),
        moving=found.moving.booking_id if found.moving else None,
        now=seen.now,
    )


def _marks(found: Read, seen: Visit) -> list[tuple[Slot, str]]:
    """What forbids free slots to this candidate, for browsers without scripts; the others mark them where they are."""
    if found.own is None or not found.own.interviews:
        return []
    free = [slot for slot in found.board.slots if slot.look is SlotLook.FREE]
    refusals = [(slot, _refusal(found, seen, slot)) for slot in free]
    return [(slot, each.code) for slot, each in refusals if each and each.code in {"overlap", "too_close"}]


def _done(request: Request, found: Read) -> Interview | None:
    """The interview that was just taken or moved here."""
    booking_id = _number(request, "booked")
    own = found.own.interviews if found.own else ()
    return next((each for each in own if each.booking_id == booking_id and each.is_live), None)


def _shown(request: Request, board: Board, choice: Choice | None) -> int:
    """Which day is shown, counted from 1: of the chosen slot, the one asked for, or the first with a free place."""
    asked = request.query_params.get("day", "")
    for number, day in enumerate(board.days, 1):
        slots = {slot.id for _, found in day.halves for slot in found}
        if (choice and choice.slot.id in slots) or (not choice and day.day.isoformat() == asked):
            return number
    return next((number for number, day in enumerate(board.days, 1) if day.free), 1)


def _sign_in(back: str) -> Response:
    """To the door, and back to where one was; a live page follows too."""
    return RedirectResponse(f"/sign-in?back={quote(back, safe='/')}", status_code=303)


def _address(seen: Visit, stand_id: int) -> str:
    return f"/fairs/{seen.the_fair().slug}/stands/{stand_id}"


def _number(request: Request, name: str) -> int | None:
    """An id in the address; None for anything that is not one."""
    value = request.query_params.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None
