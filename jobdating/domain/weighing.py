"""The policies an organiser compares: what they weigh, by name, and their weights as they are typed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MOST = 10_000


class Preset(StrEnum):
    """`first_come` is what open booking would have given, to compare with; the others are solved."""

    FIRST_COME = "first_come"
    FAIR_SHARE = "fair_share"
    FIRST_WISHES = "first_wishes"


@dataclass(frozen=True)
class Weights:
    """`bonus` is what a candidate's 1st, 2nd, 3rd interview adds; `ranks` what a wish of that rank adds, the last
    going on; `favourites` what it adds that the stand put the candidate 1st, 2nd, …"""

    bonus: tuple[int, ...]
    ranks: tuple[int, ...]
    favourites: tuple[int, ...]

    def stored(self) -> dict[str, list[int]]:
        return {"bonus": list(self.bonus), "ranks": list(self.ranks), "favourites": list(self.favourites)}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Weights":
        return cls(tuple(stored["bonus"]), tuple(stored["ranks"]), tuple(stored["favourites"]))


_RANKS = (100, 80, 65, 55, 45, 40, 35, 30, 25, 20)
STANDARD: dict[str, tuple[Preset, Weights]] = {
    "A": (Preset.FIRST_COME, Weights((1000, 200, 50), _RANKS, ())),
    "B": (Preset.FAIR_SHARE, Weights((1000, 200, 50), _RANKS, (30, 25, 20, 15, 10))),
    "C": (
        Preset.FIRST_WISHES,
        Weights((1000, 100, 50), (400, 150, 80, 60, 45, 40, 35, 30, 25, 20), (30, 25, 20, 15, 10)),
    ),
}
MENDING = "M"  # the letter of the draft that mends what was published
SOLVED = tuple(letter for letter, (preset, _) in STANDARD.items() if preset is not Preset.FIRST_COME)
