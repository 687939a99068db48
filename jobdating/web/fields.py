"""Forms as pydantic models that understand what people type, and what is wrong beside each field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError
from starlette.datastructures import FormData

from jobdating.exchange.parsing import days, hours, people, rooms, words
from jobdating.exchange.parsing.words import Unclear
from jobdating.rendering import imports

M = TypeVar("M", bound="Form")
_OURS = "unclear"


@dataclass(frozen=True)
class Problem:
    """Why a field cannot be accepted: a code and what fills its sentence."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def said(self, language: str) -> str:
        sentence = imports.reason(self.code, self.params, language)
        return sentence[:1].upper() + sentence[1:] + "."


class Form(BaseModel):
    """A form's fields. Text comes without stray spaces; what is missing is the empty text."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)


def understood(parse: Callable[[Any], Any]) -> BeforeValidator:
    """A field read by one of the parsers of the spreadsheets, so that both understand the same."""

    def read(value: Any) -> Any:
        try:
            return parse(value)
        except Unclear as unclear:
            raise PydanticCustomError(_OURS, "{code}", {"code": unclear.code, "said": unclear.params}) from unclear

    return BeforeValidator(read)


def checked(model: type[M], form: FormData, *, lists: tuple[str, ...] = ()) -> tuple[M | None, dict[str, Problem]]:
    """The form as it was meant, or what is wrong with it."""
    said: dict[str, Any] = {}
    for name in model.model_fields:
        if name in lists:
            said[name] = [value for value in form.getlist(name) if isinstance(value, str)]
        else:
            value = form.get(name, "")
            said[name] = value.strip() if isinstance(value, str) else ""
    try:
        return model.model_validate(said), {}
    except ValidationError as error:
        return None, {str(each["loc"][0]): _problem(each) for each in error.errors()}


def _problem(error: Any) -> Problem:
    context = error.get("ctx") or {}
    if error["type"] == _OURS:
        return Problem(context["code"], context["said"])
    return Problem("missing")


def typed(form: FormData, names: Mapping[str, Any], *, lists: tuple[str, ...] = ()) -> dict[str, Any]:
    """What was typed, to fill the form again."""
    return {name: form.getlist(name) if name in lists else str(form.get(name, "")) for name in names}


def needed(parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same parser for a field that must say something."""

    def read(value: Any) -> Any:
        if not words.text(value):
            raise Unclear("missing")
        return parse(value)

    return read


def optional(parse: Callable[[Any], Any], empty: Any) -> Callable[[Any], Any]:
    """The same parser for a field that may stay empty."""
    return lambda value: parse(value) if words.text(value) else empty


def text(limit: int) -> Callable[[Any], str]:
    return lambda value: words.prose(value, limit)


def number(least: int, most: int) -> Callable[[Any], int]:
    return lambda value: words.whole(value, least=least, most=most)


def one_of(choices: Mapping[str, Any] | tuple[str, ...]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in choices:
            raise Unclear("missing")
        return str(value)

    return read


def local_moment(value: Any) -> datetime:
    """What a date and time field sends, or what people type; naive, in the fair's time."""
    try:
        return datetime.strptime(str(value), "%Y-%m-%dT%H:%M")  # noqa: DTZ007 (made aware with the fair's zone)
    except ValueError:
        return days.moment(value)


def hour_pairs(value: Any) -> tuple[tuple[str, str], ...]:
    """ "9h-12h, 14h-17h" as stored."""
    return tuple((start.isoformat("minutes"), end.isoformat("minutes")) for start, end in hours.hours(value, usual=()))


def identifier(value: Any) -> str:
    """How the fair is called in addresses."""
    said = words.slug(words.text(value))
    if not said or said == "new":
        raise Unclear("slug")
    return said


def ident(value: Any) -> int | None:
    """The id of a chosen option."""
    said = str(value)
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else None


def hosts(value: Any) -> tuple[str, ...]:
    found = words.items(value, ",; \n\r")
    for host in found:
        rooms.link(f"https://{host}/")
    return tuple(sorted(host.lower() for host in found))


Yes = Annotated[bool, BeforeValidator(lambda value: value == "yes")]
Email = Annotated[str, understood(optional(people.email, ""))]
Phone = Annotated[str, understood(optional(people.phone, ""))]
