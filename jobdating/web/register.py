"""Becoming a candidate of a fair: one form, for a proved address or for an account."""

from typing import Any

from sqlalchemy import Connection
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.clock import WallClock
from jobdating.domain.errors import Invalid, SignInNeeded
from jobdating.domain.policy import Actor
from jobdating.domain.states import AgeBand, Level
from jobdating.queries import accounts as accounts_query
from jobdating.rendering import consent
from jobdating.services import accounts, sign_in
from jobdating.services.accounts import Person, Registration
from jobdating.services.consent import Answer
from jobdating.web import cookies, forms, pages
from jobdating.web.house import house
from jobdating.web.sign_in import device
from jobdating.web.visit import Visit, visit

FIELDS = ("first_name", "last_name", "phone", "age_band", "level", "parent_email", "consent")


async def register(request: Request) -> Response:
    """The form; then the candidate, signed in, where they wanted to go."""
    seen, fair = visit(request), visit(request).the_fair()
    form = await forms.read(request) if request.method == "POST" else None
    back = pages.own_path(str((form or request.query_params).get("back", ""))) or f"/fairs/{fair.slug}/stands"
    if fair.id in seen.actor.candidates:
        return RedirectResponse(back, status_code=303)
    if form is None:
        return await _form_page(request, target=back, form=None, fields={})
    registration = _registration(form, seen)
    try:
        entered = await house(request).db.write(
            accounts.register,
            seen.actor,
            fair_id=fair.id,
            registration=registration,
            proof=cookies.asking(request),
            device=device(request),
            key=house(request).settings.secret,
            wall=WallClock().now(),
            now=seen.now,
        )
    except Invalid as refusal:
        return await _form_page(request, target=back, form=form, fields=refusal.params["fields"])
    response = RedirectResponse(back, status_code=303)
    if entered is not None:
        cookies.open_session(response, request, entered.secret)
        cookies.forget_asking(response, request)
    return response


async def _form_page(request: Request, *, target: str, form: FormData | None, fields: Any) -> Response:
    seen, fair = visit(request), visit(request).the_fair()
    email, known, trades = await house(request).db.read(
        _read, seen.actor, fair_id=fair.id, proof=cookies.asking(request), wall=WallClock().now()
    )
    if email is None:
        raise SignInNeeded()
    return pages.page(
        request,
        "account/register.html",
        status=422 if fields else 200,
        target=target,
        email=email,
        values=_typed(form, known),
        chosen=form.getlist("trades") if form else [],
        trades=trades,
        levels=list(Level),
        fields=fields,
        consent=consent.wording(consent.TAKING_PART, seen.language),
    )


def _read(
    tx: Connection, actor: Actor, *, fair_id: int, proof: str | None, wall: Any
) -> tuple[str | None, accounts_query.Account | None, tuple[str, ...]]:
    trades = accounts_query.trades(tx, fair_id)
    account = accounts_query.account(tx, actor.account_id) if actor.account_id is not None else None
    if account is not None:
        return account.email, account, trades
    return (sign_in.proved_by(tx, proof, now=wall) if proof else None), None, trades


def _typed(form: FormData | None, known: accounts_query.Account | None) -> dict[str, str]:
    """What the form's fields hold: what was typed, or what the account says already."""
    values = {name: forms.text(form, name) if form else "" for name in FIELDS}
    if form is None and known is not None:
        values |= {"first_name": known.first_name, "last_name": known.last_name, "phone": known.phone}
    return values


def _registration(form: FormData, seen: Visit) -> Registration:
    """What was typed; a box that was ticked stands for the words beside it."""
    said = consent.wording(consent.TAKING_PART, seen.language) if form.get("consent") else None
    age_band = forms.text(form, "age_band")
    level = forms.text(form, "level")
    return Registration(
        person=person(form, seen.language),
        answer=Answer(AgeBand(age_band) if age_band in set(AgeBand) else None, said, forms.text(form, "parent_email")),
        level=level if level in set(Level) else "",
        trades=frozenset(str(trade) for trade in form.getlist("trades")),
    )


def person(form: FormData, language: str) -> Person:
    """Name and phone as they were typed, without stray spaces."""
    first_name, last_name, phone = (
        " ".join(forms.text(form, name).split()) for name in ("first_name", "last_name", "phone")
    )
    return Person(first_name, last_name, phone, language)
