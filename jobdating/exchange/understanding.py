"""Turns the rows of a file into the content of a fair, with every mistake at once. Touches no database."""

from dataclasses import dataclass

from jobdating.domain.content import Content, Current, Item, Kind
from jobdating.exchange.candidates import candidates
from jobdating.exchange.frame import frame
from jobdating.exchange.layout import FAIR, LAYOUTS
from jobdating.exchange.parsing.words import slug as slug_of
from jobdating.exchange.reading import Sheet, Unreadable
from jobdating.exchange.stands import stands
from jobdating.exchange.tables import Mistake, tables
from jobdating.exchange.training_centre import centre


@dataclass(frozen=True)
class Understood:
    """`content` may be used only when there are no mistakes. `ignored` are columns and sheets nobody asked for."""

    content: Content
    mistakes: tuple[Mistake, ...]
    ignored: tuple[str, ...]


def slug_in(sheets: list[Sheet]) -> str | None:
    """Which fair a file speaks of, before it is understood; None when it does not say."""
    table = tables(sheets).get(FAIR)
    said = {name: row.said(name) for row in table.rows for name in row.cells}
    return slug_of(said.get("slug") or said.get("name", "")) or None


def understand(sheets: list[Sheet], current: Current, *, slug: str | None) -> Understood:
    """What the file says, read beside what is stored. `slug` is the fair it must be about, None for any.

    Raises Unreadable when no sheet is known, or when nothing tells which fair is meant.
    """
    found = tables(sheets)
    if FAIR.name not in found.by_name and current.fair_id is None:
        raise Unreadable("no_frame")
    known_frame = frame(found, current, slug=slug)
    known_centre = centre(found, current, known_frame)
    known_stands = stands(found, current, known_frame, known_centre)
    people, accounts = candidates(found, current, known_frame, known_centre, known_stands)
    for email, person in known_stands.accounts.items():
        accounts[email] = {**person, **accounts.get(email, {})}
    if known_frame.item and (contact := known_frame.item.values.get("contact_email")):
        accounts.setdefault(contact, {})
    items = (
        *([known_frame.item] if known_frame.item else []),
        *(_account(email, person) for email, person in accounts.items()),
        *known_centre.items,
        *known_stands.items,
        *people,
    )
    return Understood(Content(known_frame.slug, items), _in_order(found.mistakes), tuple(found.ignored))


def _account(email: str, person: dict[str, str]) -> Item:
    values = {name: value or None if name == "phone" else value for name, value in person.items()}
    return Item(Kind.ACCOUNT, (email,), email, values)


def _in_order(mistakes: list[Mistake]) -> tuple[Mistake, ...]:
    """By sheet in the order of the workbook, then by row."""
    order = {name: place for place, layout in enumerate(LAYOUTS) for name in layout.keys}
    return tuple(sorted(mistakes, key=lambda mistake: (order.get(slug_key(mistake.sheet), 99), mistake.row)))


def slug_key(name: str) -> str:
    return slug_of(name).replace("-", "")
