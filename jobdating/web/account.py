"""What one does with one's own account: name and language, sessions, tokens, data, leaving."""

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.clock import WallClock
from jobdating.domain.errors import Invalid, NotFound
from jobdating.queries import accounts as accounts_query
from jobdating.queries import second_factor
from jobdating.queries.accounts import Account
from jobdating.queries.second_factor import Ways
from jobdating.rendering import catalogue
from jobdating.rendering.devices import device_name
from jobdating.services import accounts, erasure, sessions, tokens
from jobdating.services.accounts import Person
from jobdating.services.sessions import Session
from jobdating.web import cookies, forms, pages
from jobdating.web.house import house
from jobdating.web.register import person
from jobdating.web.visit import visit


async def account(request: Request) -> Response:
    """Name, phone, language; the devices that are signed in."""
    visit(request).the_session()  # a program has nothing to see or change here
    if request.method == "GET":
        return await _account_page(request)
    form = await forms.read(request)
    language = forms.text(form, "language")
    typed = person(form, language if language in catalogue.LANGUAGES else visit(request).language)
    try:
        await house(request).db.write(accounts.change, visit(request).actor, person=typed, now=visit(request).now)
    except Invalid as refusal:
        return await _account_page(request, typed=typed, fields=refusal.params["fields"])
    response = RedirectResponse("/account?saved=1", status_code=303)
    cookies.speak(response, request, typed.language)
    return response


async def sign_out(request: Request) -> Response:
    """End this session; its sockets close."""
    seen = visit(request)
    if seen.session_id is not None and seen.actor.account_id is not None:
        await house(request).db.write(
            sessions.close, seen.session_id, account_id=seen.actor.account_id, now=WallClock().now()
        )
    response = RedirectResponse("/", status_code=303)
    cookies.close_session(response, request)
    return response


async def close_session(request: Request) -> Response:
    """Sign out another device."""
    session_id = request.path_params["session"]
    await house(request).db.write(sessions.close, session_id, account_id=_own_id(request), now=WallClock().now())
    return await pages.done(request, "/account")


async def close_others(request: Request) -> Response:
    """Sign out every device but this one."""
    await house(request).db.write(
        sessions.close_all, _own_id(request), but=visit(request).session_id, now=WallClock().now()
    )
    return await pages.done(request, "/account")


async def own_tokens(request: Request) -> Response:
    """The account's tokens; a new one is shown once, in the answer to the form that made it."""
    secret = ""
    if request.method == "POST":
        name, confirmed = forms.text(await forms.read(request), "name").strip(), visit(request).works_here
        made_at = WallClock().now()
        agent = visit(request).the_session().agent
        secret = await house(request).db.write(
            tokens.make, _own_id(request), name=name, confirmed=confirmed, agent=agent, now=made_at
        )
    listed = await house(request).db.read(tokens.of_account, _own_id(request), now=WallClock().now())
    return pages.page(request, "account/tokens.html", tokens=listed, secret=secret)


async def revoke_token(request: Request) -> Response:
    """The token stops working at once."""
    token_id = request.path_params["token"]
    await house(request).db.write(tokens.revoke, _own_id(request), token_id=token_id, now=WallClock().now())
    return await pages.done(request, "/account/tokens")


async def erase(request: Request) -> Response:
    """What erasing would do, then erasing."""
    seen, home = visit(request), house(request)
    if request.method == "GET":
        preview = await home.db.read(erasure.preview, seen.actor)
        return pages.page(request, "account/erase.html", preview=preview)
    await home.db.write(erasure.erase, seen.actor, now=seen.now)
    response = RedirectResponse("/", status_code=303)
    cookies.close_session(response, request)
    return response


async def language(request: Request) -> Response:
    """Answer this browser in another language from now on. Changes nothing but a cookie."""
    chosen = request.path_params["language"]
    if chosen not in catalogue.LANGUAGES:
        raise NotFound(what="language")
    response = RedirectResponse(pages.own_path(request.query_params.get("back", "")) or "/", status_code=303)
    cookies.speak(response, request, chosen)
    return response


async def _account_page(request: Request, *, typed: Person | None = None, fields: object = None) -> Response:
    known, devices, ways = await house(request).db.read(_read, _own_id(request))
    return pages.page(
        request,
        "account/account.html",
        status=422 if fields else 200,
        account=known,
        typed=typed or known,
        fields=fields or {},
        devices=[(device, device_name(device.agent)) for device in devices],
        this_session=visit(request).session_id,
        ways=ways if visit(request).works_here else None,
        saved="saved" in request.query_params and not fields,
    )


def _read(tx: Connection, account_id: int) -> tuple[Account | None, tuple[Session, ...], Ways]:
    devices = sessions.of_account(tx, account_id, now=WallClock().now())
    return accounts_query.account(tx, account_id), devices, second_factor.ways(tx, account_id)


def _own_id(request: Request) -> int:
    """The account's id. Raises SignInNeeded for a program: its token opens the API, and makes no other tokens."""
    return visit(request).the_session().account_id
