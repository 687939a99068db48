"""Signing in through another house: out to it, and back. The house's word is checked next door.

Coming back opens a session on a GET, as the protocol has it: what came is bound to the browser that went.
"""

import hmac
import secrets
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating import oidc
from jobdating.clock import WallClock
from jobdating.domain.errors import DomainError, NotFound
from jobdating.oidc import Asked, Metadata, Provider, ProviderUnavailable
from jobdating.services import identities
from jobdating.services.identities import NotVouched
from jobdating.web import cookies, pages, sign_in
from jobdating.web.house import house
from jobdating.web.visit import visit

HERE = "/sign-in/provider"
KNOWN_FOR = timedelta(minutes=10)


async def leave(request: Request) -> Response:
    """To the other house. The browser keeps what it will be recognised by."""
    provider = _provider(request)
    back = pages.own_path(request.query_params.get("back", "")) or ""
    try:
        metadata = await _metadata(request, provider)
    except DomainError as refusal:
        return sign_in.page(request, back=back, problem=refusal.code)
    browser = secrets.token_urlsafe(24)
    asked = oidc.asked(browser, key=house(request).settings.secret)
    language = visit(request).language
    response = RedirectResponse(
        oidc.address(provider, metadata, asked, back_to=_back_to(request), language=language), status_code=303
    )
    cookies.remember_leaving(response, request, browser, back)
    return response


async def come_back(request: Request) -> Response:
    """From the other house, with a code that says who."""
    provider, (browser, back) = _provider(request), cookies.leaving(request)
    back = pages.own_path(back) or ""
    asked = oidc.asked(browser, key=house(request).settings.secret)
    code = request.query_params.get("code", "")
    try:
        if not browser or not code or not _is_answer(request, provider, asked):
            raise NotVouched()
        metadata = await _metadata(request, provider)
        now = WallClock().now()
        who = await oidc.vouched(provider, metadata, asked, code=code, back_to=_back_to(request), now=now)
        outcome = await house(request).db.write(identities.enter, who, device=sign_in.device(request), now=now)
    except (NotVouched, ProviderUnavailable) as refusal:
        response = sign_in.page(request, back=back, problem=refusal.code)
    else:
        response = await sign_in.enter(request, outcome, back)
    cookies.forget_leaving(response, request)
    return response


def _provider(request: Request) -> Provider:
    """Raises NotFound where there is none."""
    found = oidc.provider(house(request).settings.environment)
    if found is None:
        raise NotFound(what="provider")
    return found


def _is_answer(request: Request, provider: Provider, asked: Asked) -> bool:
    """Whether it is this browser that went, and the house it went to that answers (RFC 9207)."""
    state = request.query_params.get("state", "")
    issuer = request.query_params.get("iss", provider.issuer)
    return issuer == provider.issuer and hmac.compare_digest(state.encode(), asked.state.encode())


async def _metadata(request: Request, provider: Provider) -> Metadata:
    """What the house says of itself, asked again after a while."""
    known, now = house(request).extras, WallClock().now()
    found, until = known.get("oidc", (None, now))
    if found is None or now >= until:
        found = await oidc.discover(provider)
        known["oidc"] = found, now + KNOWN_FOR
    metadata: Metadata = found
    return metadata


def _back_to(request: Request) -> str:
    return f"{house(request).settings.public_url}{HERE}/back"
