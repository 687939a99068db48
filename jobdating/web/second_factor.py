"""The pages of the second factor: asking for it, adding a way to confirm, taking one away. The rules are the services'.

Everything but a passkey works without scripts; a passkey is spoken to by the browser alone.
"""

from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.clock import WallClock
from jobdating.domain import authenticator as app
from jobdating.domain.errors import NotFound
from jobdating.queries import accounts
from jobdating.queries import second_factor as query
from jobdating.queries.second_factor import Ways
from jobdating.rendering import qr
from jobdating.rendering.devices import device_name
from jobdating.services import authenticator, passkeys, second_factor
from jobdating.services.second_factor import Added, ensure_may_change
from jobdating.web import cookies, forms, pages
from jobdating.web.house import house
from jobdating.web.visit import visit

HOME = "/account"


async def ask(request: Request) -> Response:
    """Where one confirms: with a passkey, an app's code, or a code on paper."""
    if request.method == "GET":
        back = pages.own_path(request.query_params.get("back", "")) or ""
        return await _ask_page(request, back=back)
    form = await forms.read(request)
    back = pages.own_path(forms.text(form, "back")) or ""
    secret = await _write(request, authenticator.confirm, forms.text(form, "code"), key=_key(request))
    return await _ask_page(request, back=back, wrong="code") if secret is None else _enter(request, secret, back)


async def passkey_question(request: Request) -> Response:
    """The question for one of the account's passkeys, for the script of the page."""
    return _json(await _write(request, passkeys.ask, site=_site(request)))


async def passkey(request: Request) -> Response:
    """A passkey's answer."""
    form = await forms.read(request)
    back = pages.own_path(forms.text(form, "back")) or ""
    secret = await _write(request, passkeys.confirm, forms.text(form, "credential"), site=_site(request))
    return await _ask_page(request, back=back, wrong="passkey") if secret is None else _enter(request, secret, back)


async def add(request: Request) -> Response:
    """Which way to add."""
    await _may_change(request)
    back = pages.own_path(request.query_params.get("back", "")) or ""
    return await _add_page(request, back=back)


async def add_app(request: Request) -> Response:
    """The app's key to scan or copy, and its first code. Looking at it keeps nothing."""
    await _may_change(request)
    if request.method == "GET":
        return await _app_page(request, back=pages.own_path(request.query_params.get("back", "")) or "")
    form = await forms.read(request)
    back = pages.own_path(forms.text(form, "back")) or ""
    added = await _write(request, authenticator.add, forms.text(form, "code"), key=_key(request))
    return await _app_page(request, back=back, wrong=True) if added is None else _added(request, added, back)


async def new_passkey_question(request: Request) -> Response:
    """The question with which the browser makes a passkey, for the script of the page."""
    site, email = _site(request), await _email(request)
    return _json(await _write(request, passkeys.offer, site=site, email=email, key=_key(request)))


async def add_passkey(request: Request) -> Response:
    """The passkey that the browser made."""
    form = await forms.read(request)
    back = pages.own_path(forms.text(form, "back")) or ""
    name = forms.text(form, "name").strip() or device_name(visit(request).the_session().agent)
    credential, site = forms.text(form, "credential"), _site(request)
    added = await _write(request, passkeys.add, credential, name=name, site=site, key=_key(request))
    return await _add_page(request, back=back, wrong=True) if added is None else _added(request, added, back)


async def remove_app(request: Request) -> Response:
    """The app's codes work no longer."""
    await _write(request, authenticator.remove)
    return await pages.done(request, HOME)


async def remove_passkey(request: Request) -> Response:
    """The passkey works no longer."""
    await _write(request, passkeys.remove, passkey_id=request.path_params["passkey"])
    return await pages.done(request, HOME)


async def renew_codes(request: Request) -> Response:
    """New codes on paper, shown once, in the answer to the form that made them."""
    codes = await _write(request, second_factor.renew_codes, key=_key(request))
    return pages.page(request, "account/recovery_codes.html", codes=codes, target=HOME)


def door(back: str) -> str:
    """The address at which somebody confirms before they go on."""
    return _with_back("/second-factor", back)


async def _ask_page(request: Request, *, back: str, wrong: str = "") -> Response:
    seen = visit(request)
    if seen.the_session().second_factor_at is not None:
        return RedirectResponse(back or HOME, status_code=303)
    ways = await _ways(request)
    if not ways.any:
        return RedirectResponse(_with_back("/second-factor/add", back), status_code=303)
    by_key = bool(ways.passkeys) and bool(house(request).settings.passkey_host)
    status = 422 if wrong else 200
    return pages.page(
        request, "account/second_factor.html", status=status, ways=ways, by_key=by_key, target=back, wrong=wrong
    )


async def _add_page(request: Request, *, back: str, wrong: bool = False) -> Response:
    return pages.page(
        request,
        "account/second_factor_add.html",
        status=422 if wrong else 200,
        ways=await _ways(request),
        by_key=bool(house(request).settings.passkey_host),
        device=device_name(visit(request).the_session().agent),
        target=back,
        wrong=wrong,
    )


async def _app_page(request: Request, *, back: str, wrong: bool = False) -> Response:
    offered = app.offer(visit(request).the_session().id, email=await _email(request), key=_key(request))
    return pages.page(
        request,
        "account/authenticator.html",
        status=422 if wrong else 200,
        key=" ".join(offered.key[n : n + 4] for n in range(0, len(offered.key), 4)),
        uri=offered.uri,
        code=qr.svg(offered.uri),
        target=back,
        wrong=wrong,
    )


def _enter(request: Request, secret: str, back: str) -> Response:
    response = RedirectResponse(back or HOME, status_code=303)
    cookies.open_session(response, request, secret)
    return response


def _added(request: Request, added: Added, back: str) -> Response:
    """On with what was wanted; by way of the codes on paper, where these are new."""
    if not added.codes:
        return _enter(request, added.secret, back)
    response = pages.page(request, "account/recovery_codes.html", codes=added.codes, target=back or HOME)
    cookies.open_session(response, request, added.secret)
    return response


def _with_back(path: str, back: str) -> str:
    return f"{path}?back={quote(back, safe='/')}" if back else path


async def _ways(request: Request) -> Ways:
    return await house(request).db.read(query.ways, visit(request).the_session().account_id)


async def _may_change(request: Request) -> None:
    await house(request).db.read(ensure_may_change, visit(request).the_session())


async def _email(request: Request) -> str:
    def read(tx: Connection, account_id: int) -> str:
        known = accounts.account(tx, account_id)
        return known.email if known else ""

    return await house(request).db.read(read, visit(request).the_session().account_id)


async def _write(request: Request, service: Any, *arguments: Any, **named: Any) -> Any:
    """A service about the visitor's session, at the time of the wall."""
    session = visit(request).the_session()
    return await house(request).db.write(service, session, *arguments, now=WallClock().now(), **named)


def _site(request: Request) -> passkeys.Site:
    """What passkeys are bound to. Raises NotFound where the address is a number."""
    settings = house(request).settings
    if not settings.passkey_host:
        raise NotFound(what="passkey")
    return passkeys.Site(settings.passkey_host, settings.public_url)


def _key(request: Request) -> str:
    return house(request).settings.secret


def _json(text: str) -> Response:
    return Response(text, media_type="application/json", headers={"cache-control": "no-store"})
