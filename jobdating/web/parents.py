"""The pages of a parent who is asked, and of an adult who gets copies: no account, only what the mail carries."""

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.clock import WallClock
from jobdating.domain.errors import Invalid, TooMany
from jobdating.queries import permissions
from jobdating.queries.permissions import Asked, Named
from jobdating.rendering import consent as words
from jobdating.services import adult, parent
from jobdating.services.addresses import address
from jobdating.web import cookies, forms, pages
from jobdating.web.house import house
from jobdating.web.visit import visit


async def door(request: Request) -> Response:
    """Where the code of the mail is typed. Opening the page does nothing."""
    if request.method == "GET":
        return pages.page(request, "parent/door.html", email="", refusal="", sent="sent" in request.query_params)
    form = await forms.read(request)
    email, code = forms.text(form, "email").strip().lower(), "".join(forms.text(form, "code").split())
    browser = await house(request).db.write(
        parent.open_with_code, code, email=email, key=house(request).settings.secret, wall=WallClock().now()
    )
    if browser is None:
        return pages.page(request, "parent/door.html", status=422, email=email, refusal="code_wrong", sent=False)
    response = RedirectResponse("/parent/answer", status_code=303)
    cookies.remember_parent(response, request, browser, lasts=parent.ANSWER_LASTS)
    return response


async def ask_again(request: Request) -> Response:
    """Another code, for a parent who was asked. Every address gets the same answer."""
    form = await forms.read(request)
    try:
        email = address(forms.text(form, "email"))
        await house(request).db.write(
            parent.ask_again,
            email=email,
            key=house(request).settings.secret,
            wall=WallClock().now(),
            now=visit(request).now,
        )
    except (Invalid, TooMany):  # said alike, so that nobody learns who was asked
        pass
    return RedirectResponse("/parent?sent=1", status_code=303)


async def answer(request: Request) -> Response:
    """What a parent reads, and their yes or no."""
    home, seen = house(request), visit(request)
    browser = cookies.parent(request) or ""
    if request.method == "GET":
        asked = await home.db.read(_opened, browser)
        if asked is None:
            return RedirectResponse("/parent", status_code=303)
        return pages.page(
            request, "parent/answer.html", asked=asked, zone=asked.fair.zone,
            wording=words.parent_wording(asked.first_name, asked.fair.name, seen.language),
        )  # fmt: skip
    agreed = forms.text(await forms.read(request), "answer") == "yes"

    def reply(tx: Connection) -> None:
        asked = _opened(tx, browser)
        if asked is None:
            raise parent.AnswerExpired()
        wording = words.parent_wording(asked.first_name, asked.fair.name, seen.language)
        parent.answer(tx, browser, agreed=agreed, wording=wording, wall=WallClock().now(), now=seen.now)

    try:
        await home.db.write(reply)
    except parent.AnswerExpired:
        return RedirectResponse("/parent", status_code=303)
    response = RedirectResponse(f"/parent/done?answer={'yes' if agreed else 'no'}", status_code=303)
    cookies.forget_parent(response, request)
    return response


async def done(request: Request) -> Response:
    """It is written down, and how to come back to it."""
    return pages.page(request, "parent/done.html", agreed=request.query_params.get("answer") == "yes")


async def copies(request: Request) -> Response:
    """An adult stops the copies, or wants them again. Opening the link does nothing."""
    home, adult_id, secret = house(request), request.path_params["adult"], request.path_params["secret"]
    key = home.settings.secret
    if request.method == "POST":
        stopped = forms.text(await forms.read(request), "copies") != "resume"
        await home.db.write(adult.stop, adult_id, secret, key=key, stopped=stopped, now=visit(request).now)
        return RedirectResponse(request.scope["path"], status_code=303)

    def read(tx: Connection) -> Named | None:
        adult.behind(tx, adult_id, secret, key=key)
        return permissions.adult(tx, adult_id)

    return pages.page(request, "parent/copies.html", named=await home.db.read(read))


def _opened(tx: Connection, browser: str) -> Asked | None:
    row = parent.open_request(tx, browser, wall=WallClock().now())
    return None if row is None else permissions.opened(tx, row.id)
