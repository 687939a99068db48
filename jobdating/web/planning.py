"""A candidate's own page: what is next, what is offered, what is over; the same for their calendar."""

from collections.abc import Callable
from urllib.parse import urlsplit

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from jobdating.domain import topics
from jobdating.domain.errors import NotFound
from jobdating.domain.states import LIVE, BookingState
from jobdating.exchange.agenda import Appointment, agenda
from jobdating.outbox.calendar import uid
from jobdating.queries import meanwhile, planning, told
from jobdating.queries.planning import Interview, Planning
from jobdating.queries.told import Told
from jobdating.rendering.environment import translator
from jobdating.web import pages, welcome
from jobdating.web.house import house
from jobdating.web.visit import visit

_SURE = LIVE - {BookingState.HELD, BookingState.REQUESTED}


def _(message: str) -> str:
    """Marks a message for the catalogue."""
    return message


def own_id(request: Request) -> int:
    """The visitor's candidate of the fair in the path; the route's guard has made sure of it."""
    seen = visit(request)
    return seen.actor.candidates[seen.the_fair().id]


async def show(request: Request) -> Response:
    """The planning, live; at the first sign-in of somebody whom others put on the list, two questions before it."""
    seen, candidate_id = visit(request), own_id(request)
    questions = await welcome.unanswered(request, request.scope["path"])
    if questions is not None:
        return questions

    def read(tx: Connection) -> tuple[str, Planning | None, Told | None, meanwhile.Meanwhile | None]:
        return (
            pages.cursor(tx),
            planning.planning(tx, candidate_id),
            told.announcements(tx, candidate_id),
            meanwhile.meanwhile(tx, candidate_id, now=seen.now),
        )

    cursor, found, announcements, chances = await house(request).db.read(read)
    if found is None:
        raise NotFound(what="candidate")
    undo = next((each for each in found.past if each.kept_until and each.kept_until > seen.now), None)
    return pages.page(
        request,
        "candidate/planning.html",
        live=[topics.candidate(candidate_id)],
        cursor=cursor,
        planning=found,
        announcements=announcements,
        meanwhile=chances,
        undo=undo,
    )


async def elsewhere(request: Request) -> Response:
    """Where to go now without an appointment: the part of the planning that is true for a minute only."""
    seen = visit(request)
    chances = await house(request).db.read(meanwhile.meanwhile, own_id(request), now=seen.now)
    return pages.page(request, "candidate/meanwhile.html", meanwhile=chances)


async def calendar(request: Request) -> Response:
    """The interviews to come and those of the fair's days before, as a calendar file."""
    seen, home = visit(request), house(request)
    fair, say = seen.the_fair(), translator(seen.language)
    found = await home.db.read(planning.planning, own_id(request))
    if found is None:
        raise NotFound(what="candidate")
    url = f"{home.settings.public_url}/fairs/{fair.slug}/planning"
    host = urlsplit(home.settings.public_url).hostname or "localhost"
    kept = [each for each in found.interviews if each.state in LIVE | {BookingState.DONE} and each.starts_at]
    body = agenda((_appointment(each, host=host, url=url, say=say) for each in kept), name=fair.name)
    return Response(
        body,
        media_type="text/calendar; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{fair.slug}.ics"'},
    )


def _appointment(interview: Interview, *, host: str, url: str, say: Callable[[str], str]) -> Appointment:
    assert interview.starts_at is not None and interview.ends_at is not None
    people = say(_(" ou ")).join(interview.staff)
    lines = [say(_("avec %(people)s")) % {"people": people}] if people else []
    lines += [interview.subject, say(_("Le jour venu, dis « Je suis là » sur ton planning : on t’y appelle."))]
    return Appointment(
        uid=uid(interview.booking_id, host),
        starts_at=interview.starts_at,
        ends_at=interview.ends_at,
        summary=say(_("Entretien : %(stand)s")) % {"stand": interview.stand},
        description="\n".join(line for line in lines if line),
        url=url,
        stamped_at=interview.made_at,
        sure=interview.state in _SURE,
    )
