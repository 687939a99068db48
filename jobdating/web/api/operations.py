"""Every operation of the API with its guard and shapes; the routes and the OpenAPI document are made from this."""

from dataclasses import dataclass

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jobdating.services import booking, promises, queue, waitlist
from jobdating.web.api import document, handlers
from jobdating.web.api import models as m
from jobdating.web.guards import Guard, Handler, command, guarded

PREFIX = "/api/v1"


@dataclass(frozen=True)
class Operation:
    """One method of one path. `refusals` are the statuses a caller must expect beside success; `codes` those of a 409."""

    method: str
    path: str
    handler: Handler
    guard: Guard
    summary: str
    answer: type[BaseModel]
    body: type[BaseModel] | None = None
    status: int = 200
    query: tuple[str, ...] = ()
    refusals: tuple[int, ...] = (404, 422)
    codes: tuple[str, ...] = ()

    @property
    def is_command(self) -> bool:
        return self.method != "GET"


_COMMAND = (401, 403, 404, 409, 422, 429, 503)
_PAGED = ("cursor", "limit")
_PLACE = ("slot_taken", "slot_blocked", "overlap", "too_close", "limit_reached", "window_closed", "wishes_first")
_STATE = ("wrong_state",)
_DAY = ("wrong_state", "window_closed")

OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", "/fairs", handlers.list_fairs, Guard.ANYONE, "Fairs", m.Fairs, query=_PAGED),
    Operation("GET", "/fairs/{fair}", handlers.show_fair, Guard.ANYONE, "A fair", m.FairWithCounts),
    Operation("GET", "/fairs/{fair}/stands", handlers.list_stands, Guard.ANYONE, "Stands", m.Stands, query=_PAGED),
    Operation(
        "GET", "/fairs/{fair}/slots", handlers.list_slots, Guard.ANYONE, "Slots", m.Slots,
        query=("stand", "free", *_PAGED),
    ),
    Operation(
        "POST", "/slots/{slot}/bookings", handlers.book_slot, Guard.SIGNED_IN, "Take a place in a slot", m.Booking,
        body=m.BookingRequest, status=201, refusals=_COMMAND, codes=_PLACE,
    ),
    Operation(
        "GET", "/bookings", handlers.list_bookings, Guard.SIGNED_IN, "One's own bookings", m.Bookings,
        query=_PAGED, refusals=(401, 422),
    ),
    Operation(
        "GET", "/bookings/{booking}", handlers.show_booking, Guard.SIGNED_IN, "A booking", m.Booking,
        refusals=(401, 404),
    ),
    Operation(
        "POST", "/bookings/{booking}/move", handlers.move_booking, Guard.SIGNED_IN,
        "Change to another slot, without ever being without one", m.Booking, body=m.MoveRequest, refusals=_COMMAND,
        codes=(*_STATE, *_PLACE),
    ),
    Operation(
        "DELETE", "/bookings/{booking}", handlers.cancel_booking, Guard.SIGNED_IN, "Give the place back", m.Booking,
        refusals=_COMMAND, codes=_STATE,
    ),
    *(
        Operation(
            "POST", f"/bookings/{{booking}}/{step}", handlers.on_booking(service), Guard.SIGNED_IN, summary,
            m.Booking, refusals=_COMMAND, codes=codes,
        )
        for step, service, summary, codes in (
            ("accept", booking.accept, "Accept a held place", ("wrong_state", "offer_expired")),
            ("confirm", booking.confirm, "Say yes to a request (stand)", _STATE),
            ("check-in", queue.check_in, "Say that the candidate is here", (*_DAY, "slot_taken", "overlap")),
            ("run-late", promises.run_late, "There in five minutes: the place is kept until then", (*_DAY, "too_late")),
            ("step-aside", queue.step_aside, "Let others pass and keep the place", _STATE),
            ("come-back", queue.come_back, "Ready again", _STATE),
            ("ask-for-phone", promises.ask_for_phone, "Wait by the telephone to be called", (*_DAY, "phone_missing")),
            ("forgo-phone", promises.forgo_phone, "Able to connect after all", _STATE),
            ("ask-early", promises.ask_early, "Ask whether the candidate comes before their time (stand)", _STATE),
            ("come-early", promises.come_early, "Here, and ready before one's time", _DAY),
            ("keep-time", promises.keep_time, "Come at one's time and not before", _STATE),
            (
                "call", queue.call, "Call the candidate (stand)",
                ("wrong_state", "stand_busy", "candidate_busy", "overlap", "gap_taken"),
            ),
            ("start", queue.start, "Begin the interview (stand)", _STATE),
            ("extend", queue.extend, "Add five minutes (stand)", _STATE),
            ("finish", queue.finish, "End the interview (stand)", _STATE),
            ("no-show", queue.no_show, "Say that the candidate did not come (stand)", _STATE),
            ("undo", queue.undo, "Take the last step back (stand)", ("wrong_state", "stand_busy", "slot_taken")),
        )
    ),
    Operation(
        "GET", "/gap-offers", handlers.list_offers, Guard.SIGNED_IN, "What stands with time to spare offer one",
        m.GapOffers, query=("pending", *_PAGED), refusals=(401, 422),
    ),
    Operation(
        "POST", "/gap-offers/{offer}/accept", handlers.accept_offer, Guard.SIGNED_IN,
        "Come at once: the first who says so goes first at the stand", m.Booking, refusals=_COMMAND,
        codes=("gap_taken", "offer_expired", "candidate_busy", "already_in_line", "limit_reached", "overlap"),
    ),
    Operation(
        "POST", "/gap-offers/{offer}/decline", handlers.decline_offer, Guard.SIGNED_IN, "Leave it to others",
        m.GapOffer, refusals=_COMMAND,
    ),
    Operation(
        "GET", "/stands/{stand}/queue", handlers.show_queue, Guard.SIGNED_IN, "The live line of a stand", m.Queue,
        refusals=(401, 404),
    ),
    *(
        Operation(
            method, "/stands/{stand}/waitlist", handlers.on_waitlist(service), Guard.SIGNED_IN, summary, m.Waiting,
            refusals=_COMMAND, codes=codes,
        )
        for method, service, summary, codes in (
            ("POST", waitlist.join, "Wait for a place at a full stand", ("stand_not_full", "wishes_first")),
            ("DELETE", waitlist.leave, "Wait no longer", ()),
        )
    ),
    Operation(
        "POST", "/stands/{stand}/queue", handlers.join_queue, Guard.SIGNED_IN, "Join the line without appointment",
        m.Booking, body=m.BookingRequest, status=201, refusals=_COMMAND,
        codes=("window_closed", "stand_shut", "limit_reached", "already_in_line"),
    ),
)  # fmt: skip


async def openapi(request: Request) -> Response:
    """The OpenAPI 3.1 document."""
    return JSONResponse(document.openapi(OPERATIONS, PREFIX))


def api_routes() -> list[Route]:
    """The routes of the API, each behind its guard; several methods of one path are one route each."""
    routes = [
        Route(
            PREFIX + each.path,
            (command if each.is_command else guarded)(each.handler, each.guard),
            methods=[each.method],
        )
        for each in OPERATIONS
    ]
    return [*routes, Route(PREFIX + "/openapi.json", guarded(openapi, Guard.ANYONE), methods=["GET"])]
