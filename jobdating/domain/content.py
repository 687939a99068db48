"""What a fair is made of, as plain values that can be compared: for imports and their previews. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The things of a fair, in the order in which they can be made."""

    FAIR = "fair"
    ACCOUNT = "account"
    SITE = "site"
    TRAINING = "training"
    COMPANY = "company"
    OFFER = "offer"
    STAND = "stand"
    CANDIDATE = "candidate"


Key = tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """One thing: `key` is what identifies it from one file to the next, `label` what people call it.

    `values` holds only what is said: a value that is not there stays as it is. Values are plain and ordered, so that
    two equal things compare equal.
    """

    kind: Kind
    key: Key
    label: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Content:
    """A whole fair, or the part of it that a file speaks of. `slug` names the fair."""

    slug: str
    items: tuple[Item, ...]

    def of(self, kind: Kind) -> list[Item]:
        return [item for item in self.items if item.kind is kind]


@dataclass(frozen=True)
class Known:
    """An item of the database: what it is and its id."""

    id: int
    item: Item


@dataclass(frozen=True)
class Current:
    """The fair as it is stored: None as `fair_id` when there is none of that name yet.

    `foreign_accounts` belong to people who are also somewhere else: an import leaves their names alone.
    """

    fair_id: int | None
    known: tuple[Known, ...] = ()
    foreign_accounts: frozenset[str] = field(default=frozenset())

    def of(self, kind: Kind) -> dict[Key, Known]:
        return {known.item.key: known for known in self.known if known.item.kind is kind}


Stretch = tuple[datetime, datetime]  # UTC
