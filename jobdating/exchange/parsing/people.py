"""Names, addresses, telephone numbers and ages of people, as a secretary types them. Pure."""

import re

from jobdating.domain.states import AgeBand
from jobdating.exchange.parsing.words import Unclear, Value, fold, prose, text

_PARTICLES = {"de", "du", "des", "la", "le", "les", "d", "l", "von", "van", "der", "en", "sur", "sous", "aux"}
_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
NAME_LIMIT = 120


def email(value: Value) -> str:
    """An address in lower case. Raises Unclear("email")."""
    said = text(value).lower().removeprefix("mailto:").strip()
    if len(said) > 254 or not _EMAIL.fullmatch(said) or ".." in said:
        raise Unclear("email")
    return said


def phone(value: Value) -> str:
    """A telephone number as E.164: "06.39.98.93.18", "+33 6…", "0033…" or without its zero. Raises Unclear("phone")."""
    said = re.sub(r"[\s.\-/()  ]|\(0\)", "", re.sub(r"\(0\)", "", text(value)))
    said = said.removeprefix("tel:")
    if found := re.fullmatch(r"(?:\+33|0033|33|0)?0?([1-9]\d{8})", said):
        return f"+33{found[1]}"
    if re.fullmatch(r"(?:\+|00)(?!33)[1-9]\d{7,14}", said):
        return "+" + said.removeprefix("+").removeprefix("00")
    raise Unclear("phone")


def age_band(value: Value) -> AgeBand:
    """From a number, a band ("18-25") or words ("moins de 18" is 15–17). Raises Unclear("age")."""
    said = fold(text(value)).replace(" ans", "").replace("ans", "").strip()
    under = re.fullmatch(r"(?:moins de|< ?|-)\s*(\d{1,2})", said)
    over = re.fullmatch(r"(?:plus de|> ?|\+)\s*(\d{1,2})|(\d{1,2})\s*(?:et plus|et \+|\+|ou plus)", said)
    between = re.fullmatch(r"(?:de |entre )?(\d{1,2})\s*(?:-|a|et)\s*(\d{1,2})", said)
    if said in {"mineur", "mineure"}:
        return AgeBand.FROM_15_TO_17
    if under and 11 <= int(under[1]) <= 26:
        return _band(int(under[1]) - 1)
    if over:
        return _band(int(over[1] or over[2]) + (1 if over[1] else 0))
    if between:
        low, high = _band(int(between[1])), _band(int(between[2]))
        if low is high:
            return low
        raise Unclear("age")
    if re.fullmatch(r"\d{1,2}", said):
        return _band(int(said))
    raise Unclear("age")


def _band(age: int) -> AgeBand:
    if not 10 <= age <= 99:
        raise Unclear("age")
    if age < 15:
        return AgeBand.UNDER_15
    if age < 18:
        return AgeBand.FROM_15_TO_17
    return AgeBand.FROM_18_TO_25 if age < 26 else AgeBand.FROM_26


def name(value: Value) -> str:
    """One name in its usual capitals: "LE GALL" is "Le Gall", "D'ORGLANDES" "d'Orglandes". Raises Unclear."""
    said = prose(value, NAME_LIMIT)
    if said and not re.search(r"[^\W\d_]", said):
        raise Unclear("name")
    return capitalised(said) if _is_capitals(said) or said.islower() else said


def full_name(value: Value) -> tuple[str, str]:
    """First name and surname of a person typed in one cell, the surname first when it is in capitals. Raises Unclear."""
    said = prose(value, 2 * NAME_LIMIT)
    if said and not re.search(r"[^\W\d_]", said):
        raise Unclear("name")
    words = said.split()
    capitals = [word for word in words if _is_capitals(word)]
    if capitals and len(capitals) < len(words):
        others = [word for word in words if not _is_capitals(word)]
        return " ".join(others), capitalised(" ".join(capitals))
    if not words:
        return "", ""
    return name(words[0]), name(" ".join(words[1:]))


def capitalised(said: str) -> str:
    """Names of people and towns as they are written in a sentence: "CONDÉ-EN-NORMANDIE" is "Condé-en-Normandie"."""
    parts = re.split(r"([\s\-'’])", said.lower())
    for place, part in enumerate(parts):
        follows = parts[place + 1] if place + 1 < len(parts) else ""
        inner = place > 0 and parts[place - 1] == "-"
        elided = follows in {"'", "’"} and part in {"d", "l"}
        if not elided and not (inner and part in _PARTICLES):
            parts[place] = part[:1].upper() + part[1:]
    return "".join(parts)


def _is_capitals(word: str) -> bool:
    letters = [sign for sign in word if sign.isalpha()]
    return len(letters) > 1 and all(sign.isupper() for sign in letters)
