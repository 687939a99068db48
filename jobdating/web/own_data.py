"""What is held of oneself: to read, to take away, what one agreed to, and taking that back."""

import json

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.domain.errors import Invalid
from jobdating.queries import accounts as accounts_query
from jobdating.queries import consents
from jobdating.rendering import consent as words
from jobdating.services import consent
from jobdating.web import forms, pages
from jobdating.web.house import house
from jobdating.web.visit import visit


async def as_file(request: Request) -> Response:
    """Everything held of this person, to keep."""
    held = await house(request).db.read(accounts_query.data, _own_id(request))
    headers = {"content-disposition": 'attachment; filename="job-dating.json"', "cache-control": "no-store"}
    text = json.dumps(held, ensure_ascii=False, indent=2)
    return Response(text, media_type="application/json", headers=headers)


async def as_page(request: Request) -> Response:
    """The same, to read: by subject, and who has seen it."""
    held = await house(request).db.read(accounts_query.held, _own_id(request))
    return pages.page(request, "account/data.html", held=held, readings=held["seen_by"])


async def own_consents(request: Request) -> Response:
    """What was agreed to, in which words and when; each can be taken back, and one may be kept longer."""
    seen = visit(request)
    parts = await house(request).db.read(consents.parts, _own_id(request))
    wordings = {months: words.keeping_wording(months, seen.language) for months in words.KEEPING}
    saved = request.query_params.get("saved", "")
    return pages.page(request, "account/consents.html", parts=parts, wordings=wordings, saved=saved)


async def withdraw(request: Request) -> Response:
    """Take a consent back, once its page has said what that means."""
    seen, consent_id = visit(request), request.path_params["consent"]
    await house(request).db.write(consent.withdraw, seen.actor, consent_id=consent_id, now=seen.now)
    return RedirectResponse("/account/consents?saved=withdrawn", status_code=303)


async def keep(request: Request) -> Response:
    """Be kept longer than three months after a fair."""
    seen, form = visit(request), await forms.read(request)
    fair_id, months = forms.number(form, "fair_id"), forms.number(form, "months")
    if months not in words.KEEPING:
        raise Invalid(fields={"months": "choice"})
    wording = words.keeping_wording(months, seen.language)
    await house(request).db.write(
        consent.keep, seen.actor, fair_id=fair_id, months=months, wording=wording, now=seen.now
    )
    return RedirectResponse("/account/consents?saved=kept", status_code=303)


def _own_id(request: Request) -> int:
    """The account's id; the guard has seen to it that there is one."""
    account_id = visit(request).actor.account_id
    assert account_id is not None
    return account_id
