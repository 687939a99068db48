"""Reads what a form sent, field by field: whole numbers and choices. What a value may mean is a service's business."""

from enum import StrEnum
from typing import TypeVar

from starlette.datastructures import FormData
from starlette.requests import Request

from jobdating.domain.errors import Invalid

Word = TypeVar("Word", bound=StrEnum)
MAX_ID = 2**31 - 1


async def read(request: Request) -> FormData:
    """The form of a request, with at most eight files (a workbook as CSV); read once however often it is asked for."""
    return await request.form(max_files=8, max_fields=100)


def text(form: FormData, name: str) -> str:
    """What was typed, "" where the field is missing or is a file. Without NUL, which no database keeps as text."""
    value = form.get(name, "")
    return value.replace("\0", "") if isinstance(value, str) else ""


def number(form: FormData, name: str) -> int:
    """A whole number from 0 up. Raises Invalid beside the field."""
    found = optional_number(form, name)
    if found is None:
        raise Invalid(fields={name: "missing"})
    return found


def optional_number(form: FormData, name: str) -> int | None:
    """A whole number from 0 up, None where nothing was chosen. Raises Invalid beside the field."""
    value = text(form, name).strip()
    if not value:
        return None
    if not _is_number(value):
        raise Invalid(fields={name: "invalid"})
    return int(value)


def numbers(form: FormData, name: str) -> list[int]:
    """All that are ticked. Raises Invalid beside the field."""
    found = [str(value) for value in form.getlist(name)]
    if not all(_is_number(value) for value in found):
        raise Invalid(fields={name: "invalid"})
    return [int(value) for value in found]


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= 10 and int(value) <= MAX_ID


def choice(form: FormData, name: str, words: type[Word], default: Word) -> Word:
    """One of a fixed list of words. Raises Invalid beside the field."""
    value = text(form, name)
    if not value:
        return default
    try:
        return words(value)
    except ValueError:
        raise Invalid(fields={name: "invalid"}) from None
