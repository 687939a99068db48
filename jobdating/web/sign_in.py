"""The pages of signing in: ask, follow the link or type the code. The rules are the service's."""

from datetime import datetime
from urllib.parse import quote

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating import oidc
from jobdating.clock import WallClock
from jobdating.domain.errors import DomainError, Invalid
from jobdating.queries import identity, second_factor
from jobdating.services import accounts, sign_in
from jobdating.services.sign_in import Asking, CodeWrong, Device, LinkElsewhere, LinkExpired, Newcomer, SignedIn
from jobdating.web import cookies, forms, pages
from jobdating.web.house import house
from jobdating.web.second_factor import door
from jobdating.web.visit import network_of, visit


async def ask(request: Request) -> Response:
    """The form for an address, and the mail. Every address gets the same answer."""
    form = await forms.read(request) if request.method == "POST" else request.query_params
    back = pages.own_path(str(form.get("back", ""))) or ""
    if request.method == "GET":
        return page(request, back=back)
    typed = str(form.get("email", ""))
    home, seen = house(request), visit(request)
    try:
        email = accounts.address(typed)
    except Invalid as refusal:
        return page(request, back=back, email=typed, fields=refusal.params["fields"])
    browser = await home.db.write(
        sign_in.ask,
        Asking(email, network_of(request), seen.language, back),
        key=home.settings.secret,
        now=WallClock().now(),
        due_at=home.clock.now(),
    )
    response = RedirectResponse(_with_back("/sign-in/code", back), status_code=303)
    cookies.remember_asking(response, request, browser)
    return response


async def code(request: Request) -> Response:
    """Where the code is typed, in any browser."""
    if request.method == "GET":
        return await _code_page(request, target=pages.own_path(request.query_params.get("back", "")) or "")
    form = await forms.read(request)
    back = pages.own_path(forms.text(form, "back")) or ""
    email, typed = forms.text(form, "email"), "".join(forms.text(form, "code").split())
    outcome = await house(request).db.write(
        sign_in.with_code,
        typed,
        email=email.strip().lower(),
        network=network_of(request),
        device=device(request),
        key=house(request).settings.secret,
        now=WallClock().now(),
    )
    if outcome is None:
        return await _code_page(request, target=back, email=email, refusal=CodeWrong())
    return await enter(request, outcome, back)


async def link(request: Request) -> Response:
    """The page a link leads to. Opening it does nothing; its form carries the link's secret."""
    if request.method == "GET":
        back = pages.own_path(request.query_params.get("back", "")) or ""
        return pages.page(request, "account/link.html", target=back)
    form = await forms.read(request)
    back = pages.own_path(forms.text(form, "back")) or ""
    try:
        outcome = await house(request).db.write(
            sign_in.with_link,
            forms.text(form, "link"),
            browser=cookies.asking(request),
            device=device(request),
            now=WallClock().now(),
        )
    except (LinkElsewhere, LinkExpired) as refusal:
        await house(request).db.write(
            sign_in.note_refused_link, forms.text(form, "link"), reason=refusal.code, now=WallClock().now()
        )
        return await _code_page(request, target=back, refusal=refusal)
    return await enter(request, outcome, back)


def page(request: Request, *, back: str, email: str = "", fields: object = None, problem: str = "") -> Response:
    """The door: by mail, or through another house where the settings name one. `problem` is why that did not work."""
    provider = oidc.provider(house(request).settings.environment)
    return pages.page(
        request,
        "account/sign_in.html",
        status=422 if fields or problem else 200,
        target=back,
        email=email,
        fields=fields or {},
        provider=provider.name if provider else "",
        problem=problem,
    )


def device(request: Request) -> Device:
    """The browser as its owner will recognise it in the list of sessions."""
    return Device(request.headers.get("user-agent", ""), visit(request).session_id)


async def _code_page(request: Request, *, target: str, email: str = "", refusal: DomainError | None = None) -> Response:
    browser = cookies.asking(request)
    if not email and browser:
        asked: str | None = await house(request).db.read(sign_in.asked_from, browser, now=WallClock().now())
        email = asked or ""
    return pages.page(
        request,
        "account/code.html",
        status=422 if refusal else 200,
        target=target,
        email=email,
        refusal=refusal.code if refusal else "",
    )


async def enter(request: Request, outcome: SignedIn | Newcomer, back: str) -> Response:
    """On from a proved address: to where one wanted to go, by way of the second factor or the registration."""
    if isinstance(outcome, SignedIn):
        onward = door(back) if await _confirms(request, outcome) else back or "/"
        response: Response = RedirectResponse(onward, status_code=303)
        cookies.open_session(response, request, outcome.secret)
        cookies.forget_asking(response, request)
        return response
    fair = await house(request).db.read(_fair_to_join, back=back, now=visit(request).now)
    if fair is None:
        return pages.page(request, "account/unknown.html", status=403, email=outcome.email)
    response = RedirectResponse(_with_back(f"/fairs/{fair.slug}/register", back), status_code=303)
    cookies.remember_asking(response, request, outcome.proof, lasts=sign_in.PROOF_LASTS)
    return response


async def _confirms(request: Request, entered: SignedIn) -> bool:
    """Whether who has just signed in confirms a second time before they go on."""
    required = house(request).settings.second_factor_required

    def read(tx: Connection) -> bool:
        return second_factor.is_asked(tx, identity.actor(tx, entered.account_id), required=required)

    return not entered.second_factor and await house(request).db.read(read)


def _fair_to_join(tx: Connection, *, back: str, now: datetime) -> identity.Fair | None:
    """The fair that the way back leads to, or the next one; not one that is over."""
    parts = back.split("/")
    named = identity.fair(tx, parts[2].split("?")[0]) if back.startswith("/fairs/") else None
    open_fairs = [fair for fair in identity.published_fairs(tx) if fair.last_day >= now.date()]
    if named is not None and named in open_fairs:
        return named
    return open_fairs[0] if open_fairs else None


def _with_back(path: str, back: str) -> str:
    return f"{path}?back={quote(back, safe='/')}" if back else path
