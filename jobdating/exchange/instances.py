"""Timetable instances and solutions as JSON files: reads the shape, says all that is wrong with it, writes the answer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from jobdating.domain.timetable import Candidate, Instance, Interview, Pair, Policy, Solution, Stand


@dataclass(frozen=True)
class Fault:
    """Something at a `place` of the file, such as stands[3].free, that has not the shape it should have; `code` is
    "json", "missing", "number", "text", "list", "object" or "shape"."""

    code: str
    place: str


class Misshapen(Exception):
    """The file is not an instance; `faults` are all of them."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(len(faults))
        self.faults = faults


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow")


class _Stand(_Part):
    id: str
    free: list[tuple[int, int]]
    favourites: list[str] = []


class _Candidate(_Part):
    id: str
    free: list[tuple[int, int]]
    wishes: list[str]


class _Pair(_Part):
    candidate: str
    stand: str


class _Interview(_Pair):
    slot: int


_DEFAULT = Policy()


class _Instance(_Part):
    slots: int
    half_days: list[tuple[int, int]]
    min_gap: int = _DEFAULT.min_gap
    cap: int = _DEFAULT.cap
    stands: list[_Stand]
    candidates: list[_Candidate]
    locked: list[_Interview] = []
    pinned: list[_Pair] = []
    forbidden: list[_Pair] = []
    bonus: list[int] = Field(default_factory=lambda: list(_DEFAULT.bonus))
    rank_weights: list[int] = Field(default_factory=lambda: list(_DEFAULT.rank_weights))
    favourite_weights: list[int] = Field(default_factory=lambda: list(_DEFAULT.favourite_weights))


def read_instance(content: bytes) -> tuple[Instance, tuple[str, ...]]:
    """The instance in a file, and the names in it that mean nothing. Raises Misshapen; whether it contradicts itself
    is for `domain.timetable.check` to say."""
    try:
        said = _Instance.model_validate_json(content)
    except ValidationError as error:
        raise Misshapen(tuple(dict.fromkeys(_faults(error)))) from error
    instance = Instance(
        slots=said.slots,
        half_days=tuple(said.half_days),
        stands=tuple(Stand(one.id, tuple(one.free), tuple(one.favourites)) for one in said.stands),
        candidates=tuple(Candidate(one.id, tuple(one.free), tuple(one.wishes)) for one in said.candidates),
        locked=tuple(Interview(one.candidate, one.stand, one.slot) for one in said.locked),
        pinned=tuple(Pair(one.candidate, one.stand) for one in said.pinned),
        forbidden=tuple(Pair(one.candidate, one.stand) for one in said.forbidden),
        policy=Policy(
            cap=said.cap,
            min_gap=said.min_gap,
            bonus=tuple(said.bonus),
            rank_weights=tuple(said.rank_weights),
            favourite_weights=tuple(said.favourite_weights),
        ),
    )
    return instance, tuple(dict.fromkeys(_unknown(said)))


def written_instance(instance: Instance) -> str:
    """The instance as the text of a file that `read_instance` reads."""
    policy = instance.policy
    return json.dumps(
        {
            "slots": instance.slots,
            "half_days": instance.half_days,
            "min_gap": policy.min_gap,
            "cap": policy.cap,
            "stands": [
                {"id": one.id, "free": one.free} | ({"favourites": one.favourites} if one.favourites else {})
                for one in instance.stands
            ],
            "candidates": [{"id": one.id, "free": one.free, "wishes": one.wishes} for one in instance.candidates],
            "locked": [_interview(one) for one in instance.locked],
            "pinned": [{"candidate": one.candidate, "stand": one.stand} for one in instance.pinned],
            "forbidden": [{"candidate": one.candidate, "stand": one.stand} for one in instance.forbidden],
            "bonus": policy.bonus,
            "rank_weights": policy.rank_weights,
            "favourite_weights": policy.favourite_weights,
        }
    )


def written(solution: Solution, *, seconds: float) -> str:
    """The solution as the text of a file, with how long it took."""
    return json.dumps(
        {
            "interviews": [_interview(one) for one in solution.interviews],
            "score": solution.score,
            "bound": solution.bound,
            "seconds": round(seconds, 3),
            "denied": [{"candidate": one.candidate, "stand": one.stand, "code": one.code} for one in solution.denied],
        }
    )


def _interview(one: Interview) -> dict[str, object]:
    return {"candidate": one.candidate, "stand": one.stand, "slot": one.slot}


_CODES = {
    "json_invalid": "json",
    "missing": "missing",
    "string_type": "text",
    "list_type": "list",
    "tuple_type": "list",
    "model_type": "object",
    "model_attributes_type": "object",
    "dict_type": "object",
}


def _faults(error: ValidationError) -> Iterator[Fault]:
    for one in error.errors(include_url=False, include_context=True, include_input=False):
        place = ""
        for part in one["loc"]:
            place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else part
        if one["type"] == "json_invalid":
            place = str(one.get("ctx", {}).get("error", ""))
        code = _CODES.get(one["type"], "number" if one["type"].startswith("int") else "shape")
        yield Fault(code, place)


def _unknown(said: _Instance) -> Iterator[str]:
    yield from said.model_extra or ()
    for name in ("stands", "candidates", "locked", "pinned", "forbidden"):
        for part in getattr(said, name):
            yield from (f"{name}[].{extra}" for extra in part.model_extra or ())
