"""The recruiter's pages: the cockpit, who comes, whom to invite, and what is left to write. Forms of the stand itself."""

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating import rooms
from jobdating.domain import topics
from jobdating.domain.errors import Invalid, NotFound
from jobdating.exchange import interviews as files
from jobdating.queries import cockpit, invitations, review, watching
from jobdating.queries.cockpit import Board
from jobdating.queries.interviews import Entry
from jobdating.rendering import report
from jobdating.services import announcements, audit, booking, closing, live_day, stand
from jobdating.web import forms, pages
from jobdating.web.house import house
from jobdating.web.rooms import servers
from jobdating.web.visit import visit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def choose(request: Request) -> Response:
    """The stands of the visitor at this fair: straight on when there is one."""
    seen = visit(request)
    found = await house(request).db.read(cockpit.stands_of, seen.actor, seen.the_fair().id)
    if not found:
        raise NotFound(what="stand")
    if len(found) == 1:
        return RedirectResponse(f"{request.scope['path']}/{found[0].stand_id}", status_code=303)
    return pages.page(request, "recruiter/choose.html", stands=found)


async def show(request: Request) -> Response:
    """The stand's day, live."""

    def read(tx: Connection) -> tuple[str, Board]:
        return pages.cursor(tx), _board(tx, request)

    cursor, board = await house(request).db.read(read)
    room = rooms.Meeting(0, board.provider, board.name, url=board.room_url, hosts=board.room_hosts)
    await _tell_reading(request)
    ready = rooms.describe(room, servers(request)).way is not rooms.Way.MISSING
    live = [topics.staff(board.stand_id)]
    return pages.page(request, "recruiter/cockpit.html", live=live, cursor=cursor, board=board, room_ready=ready)


async def away(request: Request) -> Response:
    """Take a break."""
    seen = visit(request)
    await house(request).db.write(stand.away, seen.actor, stand_id=request.path_params["stand"], now=seen.now)
    return await pages.done(request, _own(request))


async def back(request: Request) -> Response:
    """End the break."""
    seen = visit(request)
    await house(request).db.write(stand.back, seen.actor, stand_id=request.path_params["stand"], now=seen.now)
    return await pages.done(request, _own(request))


async def open_again(request: Request) -> Response:
    """Take people again who come without an appointment."""
    seen = visit(request)
    await house(request).db.write(closing.reopen, seen.actor, stand_id=request.path_params["stand"], now=seen.now)
    return await pages.done(request, _own(request))


async def block(request: Request) -> Response:
    """Take a slot out."""
    seen = visit(request)
    await house(request).db.write(stand.block_slot, seen.actor, slot_id=request.path_params["slot"], now=seen.now)
    return await pages.done(request, _own(request))


async def reopen(request: Request) -> Response:
    """Put a slot back."""
    seen = visit(request)
    await house(request).db.write(stand.reopen_slot, seen.actor, slot_id=request.path_params["slot"], now=seen.now)
    return await pages.done(request, _own(request))


async def settle(request: Request) -> Response:
    """Let the other stand go first with somebody both expect; or no longer."""
    answer, clash_id = request.path_params["answer"], request.path_params["clash"]
    if answer not in {"yield", "keep"}:
        raise NotFound(what="clash")
    seen, stand_id = visit(request), request.path_params["stand"]
    await house(request).db.write(
        live_day.yield_place, seen.actor, stand_id=stand_id, clash_id=clash_id, back=answer == "keep", now=seen.now
    )
    return await pages.done(request, _own(request))


async def invite(request: Request) -> Response:
    """Whom to invite to which slot; and the invitation."""
    seen = visit(request)
    if request.method == "POST":
        form = await forms.read(request)
        slot_id, candidate_id = forms.number(form, "slot_id"), forms.number(form, "candidate_id")
        await house(request).db.write(
            booking.invite, seen.actor, slot_id=slot_id, candidate_id=candidate_id, now=seen.now
        )
        return RedirectResponse(_own(request), status_code=303)
    wanted = request.query_params.get("slot", "")

    def read(
        tx: Connection,
    ) -> tuple[Board, list[invitations.OpenSlot], invitations.OpenSlot | None, list[invitations.Guest]]:
        board = _board(tx, request)
        slots = invitations.open_slots(tx, board.stand_id, now=seen.now)
        slot = next((each for each in slots if str(each.slot_id) == wanted), slots[0] if slots else None)
        return board, slots, slot, invitations.guests(tx, board, slot) if slot else []

    board, slots, slot, guests = await house(request).db.read(read)
    return pages.page(request, "recruiter/invite.html", board=board, slots=slots, slot=slot, guests=guests)


async def message(request: Request) -> Response:
    """A few words to all who wait at the stand; and sending them."""
    if request.method == "GET":
        return await _message(request)
    seen, text = visit(request), forms.text(await forms.read(request), "text")
    fair_id, stand_id = seen.the_fair().id, request.path_params["stand"]
    try:
        await house(request).db.write(
            announcements.send, seen.actor, fair_id=fair_id, stand_id=stand_id, text=text, now=seen.now
        )
    except Invalid as refusal:
        return await _message(request, text=text, wrong=refusal.params["fields"])
    return RedirectResponse(_own(request), status_code=303)


async def _message(request: Request, *, text: str = "", wrong: object = None) -> Response:
    """The form; with what was typed and what is wrong, when it could not be sent."""

    def read(tx: Connection) -> tuple[Board, int]:
        board = _board(tx, request)
        return board, len(watching.readers(tx, board.fair_id, stand_id=board.stand_id, site_id=None))

    board, reached = await house(request).db.read(read)
    status = 422 if wrong else 200
    return pages.page(
        request, "recruiter/message.html", status=status, board=board, reached=reached, text=text, wrong=wrong or {}
    )


async def profile(request: Request) -> Response:
    """Somebody who has an interview with the stand, and what the stand wrote."""

    def read(tx: Connection) -> tuple[Board, review.Profile]:
        board = _board(tx, request)
        return board, review.profile(tx, board, request.path_params["booking"])

    seen = visit(request)
    board, found = await house(request).db.read(read)
    await _tell_reading(request)
    stand_id = board.stand_id if board.stand_id in seen.actor.stands else None
    candidate_id = found.entry.candidate_id
    await house(request).db.write(
        audit.profile_read, seen.actor, candidate_id=candidate_id, stand_id=stand_id, now=seen.now
    )
    return pages.page(request, "recruiter/profile.html", board=board, profile=found)


async def interviews(request: Request) -> Response:
    """All interviews of the stand, those to write about first."""

    def read(tx: Connection) -> tuple[Board, tuple[Entry, ...]]:
        board = _board(tx, request)
        return board, review.interviews(tx, board)

    board, found = await house(request).db.read(read)
    await _tell_reading(request)
    return pages.page(request, "recruiter/interviews.html", board=board, interviews=found)


async def export(request: Request) -> Response:
    """All interviews of the stand as a file. Who takes it is written in the journal."""
    seen, home, kind = visit(request), house(request), request.path_params["kind"]
    if kind not in {"csv", "xlsx"}:
        raise NotFound(what="file")

    def read(tx: Connection) -> tuple[Board, tuple[Entry, ...]]:
        board = _board(tx, request)
        return board, review.interviews(tx, board)

    board, found = await home.db.read(read)
    await home.db.write(stand.record_export, seen.actor, stand_id=board.stand_id, now=seen.now)
    headings = report.headings(seen.language)
    rows = report.rows(found, seen.language, zone=seen.the_fair().timezone)
    if kind == "csv":
        return _file(files.as_csv(headings, rows), "text/csv; charset=utf-8", kind)
    return _file(files.as_xlsx(board.name, headings, rows), XLSX, kind)


def _file(content: bytes, media_type: str, kind: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="interviews.{kind}"', "cache-control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


async def _tell_reading(request: Request) -> None:
    """An organiser who opens a stand's pages sees its notes: that is written in the journal."""
    seen, stand_id = visit(request), request.path_params["stand"]
    if stand_id not in seen.actor.stands:
        await house(request).db.write(stand.record_reading, seen.actor, stand_id=stand_id, now=seen.now)


def _board(tx: Connection, request: Request) -> Board:
    """The board of the stand in the path. Raises NotFound for one of another fair."""
    board = cockpit.board(tx, request.path_params["stand"])
    if board is None or board.fair_id != visit(request).the_fair().id:
        raise NotFound(what="stand")
    return board


def _own(request: Request) -> str:
    return f"/fairs/{visit(request).the_fair().slug}/cockpit/{request.path_params['stand']}"
