"""The organiser's announcements: a form that says how many it reaches, and what was sent."""

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.domain.errors import Invalid
from jobdating.queries import announcements as queries
from jobdating.queries.announcements import Audience, Sent
from jobdating.services import announcements
from jobdating.web import forms, pages
from jobdating.web.house import house
from jobdating.web.visit import visit


async def write(request: Request) -> Response:
    """Write, see whom it reaches, send; below, what was sent."""
    seen = visit(request)
    fair, home = seen.the_fair(), house(request)
    typed = {"text": "", "audience": _asked(request)}
    wrong: dict[str, str] = {}
    step = "write"
    if request.method == "POST":
        form = await forms.read(request)
        typed = {"text": forms.text(form, "text"), "audience": forms.text(form, "audience") or "all"}
        try:
            if forms.text(form, "step") == "send":
                await home.db.write(
                    announcements.send, seen.actor, fair_id=fair.id, text=typed["text"], now=seen.now,
                    **_audience(typed["audience"]),
                )  # fmt: skip
                return RedirectResponse(f"/fairs/{fair.slug}/announcements?sent=1", status_code=303)
            _check(typed["text"])
            step = "check" if forms.text(form, "step") == "check" else "write"
        except Invalid as error:
            wrong = dict(error.params.get("fields", {}))  # type: ignore[call-overload]
    audiences, sent = await home.db.read(_read, fair.id)
    chosen = next((audience for audience in audiences if audience.key == typed["audience"]), audiences[0])
    if step == "check" and not chosen.people:
        step, wrong = "write", {"audience": "nobody"}
    return pages.page(
        request,
        "organiser/announcements.html",
        status=422 if wrong else 200,
        audiences=audiences, sent=sent, typed=typed, chosen=chosen, wrong=wrong, step=step,
        length=announcements.LENGTH, just_sent=request.query_params.get("sent") == "1",
    )  # fmt: skip


def _read(tx: Connection, fair_id: int) -> tuple[list[Audience], list[Sent]]:
    return queries.audiences(tx, fair_id), queries.sent(tx, fair_id)


def _check(text: str) -> None:
    if not text.strip():
        raise Invalid(fields={"text": "missing"})
    if len(text.strip()) > announcements.LENGTH:
        raise Invalid(fields={"text": "too_long"})


def _asked(request: Request) -> str:
    stand, site = request.query_params.get("stand", ""), request.query_params.get("site", "")
    return f"stand-{stand}" if stand.isdecimal() else f"site-{site}" if site.isdecimal() else "all"


def _audience(key: str) -> dict[str, int | None]:
    """The stand or site of "stand-7" or "site-3". Raises Invalid."""
    kind, _, number = key.partition("-")
    if kind == "all" and not number:
        return {"stand_id": None, "site_id": None}
    if kind not in {"stand", "site"} or not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise Invalid(fields={"audience": "invalid"})
    return {"stand_id": int(number) if kind == "stand" else None, "site_id": int(number) if kind == "site" else None}
