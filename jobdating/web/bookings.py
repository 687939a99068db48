"""Every step of a booking, for whoever may take it: one address, one table of steps. No rules here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from jobdating.domain.errors import NotFound
from jobdating.domain.states import NextStep
from jobdating.services import booking, promises, queue, review
from jobdating.services.booking import Booking
from jobdating.web import forms, pages
from jobdating.web.house import house
from jobdating.web.visit import visit

Fields = Callable[[FormData], dict[str, Any]]


def _nothing(form: FormData) -> dict[str, Any]:
    return {}


def _slot(form: FormData) -> dict[str, Any]:
    return {"slot_id": forms.number(form, "slot_id")}


def _stand(form: FormData) -> dict[str, Any]:
    return {"stand_id": forms.number(form, "stand_id")}


def _review(form: FormData) -> dict[str, Any]:
    written = _written(form, "")
    began = {"base": _written(form, "base_"), "keep_both": bool(form.get("keep_both"))} if "base_note" in form else {}
    return {"note": written.note, "rating": written.rating, "next_step": written.next_step, **began}


def _written(form: FormData, prefix: str) -> review.Review:
    return review.Review(
        forms.text(form, f"{prefix}note").replace("\r\n", "\n"),
        forms.optional_number(form, f"{prefix}rating"),
        forms.choice(form, f"{prefix}next_step", NextStep, NextStep.UNDECIDED),
    )


@dataclass(frozen=True)
class Step:
    """The service that carries a step out, and the fields it takes."""

    service: Callable[..., Booking]
    fields: Fields = _nothing


STEPS = {
    "check-in": Step(queue.check_in),
    "step-aside": Step(queue.step_aside),
    "come-back": Step(queue.come_back),
    "run-late": Step(promises.run_late),
    "ask-for-phone": Step(promises.ask_for_phone),
    "forgo-phone": Step(promises.forgo_phone),
    "ask-early": Step(promises.ask_early),
    "come-early": Step(promises.come_early),
    "keep-time": Step(promises.keep_time),
    "call": Step(queue.call),
    "start": Step(queue.start),
    "extend": Step(queue.extend),
    "finish": Step(queue.finish),
    "no-show": Step(queue.no_show),
    "undo": Step(queue.undo),
    "hand-over": Step(queue.hand_over, _stand),
    "review": Step(review.write, _review),
    "confirm": Step(booking.confirm),
    "accept": Step(booking.accept),
    "cancel": Step(booking.cancel),
    "restore": Step(booking.restore),
    "move": Step(booking.move, _slot),
}


async def take(request: Request) -> Response:
    """Carry out a step. A step or a booking that does not exist answers as one that is somebody else's."""
    step = STEPS.get(request.path_params["step"])
    booking_id = request.path_params["booking"]
    if step is None:
        raise NotFound(what="step")
    seen = visit(request)
    arguments = step.fields(await forms.read(request))
    try:
        await house(request).db.write(step.service, seen.actor, booking_id=booking_id, now=seen.now, **arguments)
    except review.NoteChanged as refusal:
        if request.headers.get("x-live"):
            raise
        return await _both_notes(request, arguments, refusal)
    return await pages.done(request, "/")


async def _both_notes(request: Request, arguments: dict[str, Any], refusal: review.NoteChanged) -> Response:
    """What somebody else wrote meanwhile, beside what was typed: both are there to choose from."""
    form = await forms.read(request)
    typed = review.Review(arguments["note"], arguments["rating"], arguments["next_step"])
    theirs = dict(refusal.params["fields"])["note"]  # type: ignore[call-overload]
    back = pages.own_path(forms.text(form, "back")) or ""
    return pages.page(
        request,
        "recruiter/note_changed.html",
        status=409,
        typed=typed,
        base=arguments["base"],
        theirs=theirs,
        back=back,
    )
