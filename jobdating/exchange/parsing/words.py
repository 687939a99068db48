"""Turns cells into words, numbers, lists and yes or no. Pure."""

import re
from datetime import date, datetime, time

from jobdating.domain.naming import fold, key, slug
from jobdating.domain.text import tidied

__all__ = ["Unclear", "Value", "fold", "items", "key", "prose", "slug", "text", "whole", "yes"]

Value = str | int | float | bool | date | datetime | time | None


class Unclear(ValueError):
    """A cell cannot be understood; `code` names the reason and `params` fill its sentence."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def text(value: Value) -> str:
    """A cell as one line of text; whole numbers without decimals, since spreadsheets hold all numbers as floats."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return " ".join(tidied(str(value)).split())


def prose(value: Value, limit: int) -> str:
    """Words that will be shown as they are. Raises Unclear for what is too long or would act as a formula elsewhere."""
    said = text(value)
    if len(said) > limit:
        raise Unclear("too_long", limit=limit, length=len(said))
    if re.match("'[=+@＝＋－＠-]", said):  # kept from acting as a formula by whoever wrote it, our export for one
        return said[1:]
    if said[:1] in {"=", "+", "@"} or (said[:1] == "-" and said[1:2].isalnum()):
        raise Unclear("formula")
    if re.fullmatch(r"#(REF|N/A|NAME|VALUE|VALEUR|DIV/0|NUM|NULL|NOM)[!?]?!?", said):
        raise Unclear("formula_error")
    return said


def items(value: Value, separators: str = ",;/\n") -> list[str]:
    """The entries of a list in one cell, in order, without blanks and repetitions."""
    raw = str(value) if isinstance(value, str) else text(value)
    found = (" ".join(part.split()) for part in re.split(f"[{re.escape(separators)}]", raw))
    return list({key(part): part for part in reversed([part for part in found if part])}.values())[::-1]


def yes(value: Value) -> bool:
    """ "oui", "x", "1". Raises Unclear("yes_or_no")."""
    said = fold(text(value))
    if said in {"oui", "o", "x", "1", "vrai", "yes", "true"}:
        return True
    if said in {"", "non", "n", "0", "faux", "no", "false"}:
        return False
    raise Unclear("yes_or_no")


def whole(value: Value, *, least: int, most: int) -> int:
    """A whole number within bounds. Raises Unclear("number" or "number_range")."""
    said = text(value).replace(" ", "")
    if not re.fullmatch(r"[+-]?\d{1,9}", said):
        raise Unclear("number", least=least, most=most)
    number = int(said)
    if not least <= number <= most:
        raise Unclear("number_range", least=least, most=most)
    return number
