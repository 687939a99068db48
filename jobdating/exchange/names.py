"""Finds what a cell refers to among the names of other sheets, and suggests the nearest when it does not exist."""

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Generic, TypeVar

from jobdating.exchange.parsing.words import Unclear, Value, key, text

T = TypeVar("T")


@dataclass
class Names(Generic[T]):
    """Names that cells may refer to. `complete` is false when mistakes kept some of them from being read."""

    code: str  # of the mistake when there is no such name
    complete: bool = True
    _known: dict[str, tuple[str, T]] = field(default_factory=dict)

    def add(self, name: str, meaning: T) -> bool:
        """False when the name is taken."""
        if key(name) in self._known:
            return False
        self._known[key(name)] = (name, meaning)
        return True

    def __bool__(self) -> bool:
        return bool(self._known)

    def meanings(self) -> list[T]:
        return [meaning for _, meaning in self._known.values()]

    def get(self, name: str) -> T | None:
        found = self._known.get(key(name))
        return found[1] if found else None

    def find(self, value: Value) -> T | None:
        """What the name means; None when it may be one of those that could not be read. Raises Unclear."""
        said = text(value)
        found = self.get(said)
        if found is not None or not self.complete:
            return found
        near = get_close_matches(key(said), self._known, 1, cutoff=0.75)
        if near:
            raise Unclear(f"{self.code}_but", near=self._known[near[0]][0])
        raise Unclear(self.code)
