"""A whole fair as plain values, to be compared with a file or written into one. A fixed number of statements."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, select, union

from jobdating.db import tables as t
from jobdating.domain.content import Current, Item, Key, Kind, Known
from jobdating.domain.grid import OldSlot, Place
from jobdating.domain.importing import Grids
from jobdating.domain.naming import key
from jobdating.domain.slots import Span
from jobdating.domain.states import LIVE, BookingState, SlotState

_FAIR = (
    "name", "first_day", "last_day", "timezone", "hours", "opens_at", "closes_at", "interview_minutes", "buffer_minutes",
    "cap", "gap_minutes", "lead_minutes", "contact_email", "contact_phone", "room_provider", "room_hosts",
    "mode", "wishes_until",
)  # fmt: skip
_STAND = (
    "name", "kind", "capacity", "room_provider", "room_url", "phone", "asks_confirmation", "takes_walk_ins", "closed",
)  # fmt: skip


def current(tx: Connection, slug: str | None, *, emails: Collection[str] = ()) -> Current:
    """The fair of that name as it is stored; `emails` are accounts that a file speaks of, of this fair or not."""
    row = tx.execute(select(t.fairs).where(t.fairs.c.slug == slug)).first() if slug else None
    if row is None:
        known = _accounts(tx, set(emails))
        return Current(None, tuple(known), frozenset(k.item.key[0] for k in known))
    fair_id: int = row.id
    sites = _sites(tx, fair_id)
    site_keys = {known.id: known.item.key for known in sites}
    companies = _companies(tx, fair_id)
    slugs = {known.id: known.item.key[0] for known in companies}
    stands = _stands(tx, fair_id, site_keys, slugs)
    candidates = _candidates(tx, fair_id, site_keys, {known.id: known.item.key[0] for known in stands})
    people = {known.item.key[0] for known in candidates}
    accounts = _accounts(tx, set(emails) | people)
    items = [
        Known(fair_id, Item(Kind.FAIR, (row.slug,), row.name, {name: _plain(getattr(row, name)) for name in _FAIR})),
        *accounts,
        *sites,
        *_trainings(tx, fair_id, site_keys),
        *companies,
        *_offers(tx, fair_id, slugs),
        *stands,
        *candidates,
    ]
    return Current(fair_id, tuple(items), _foreign(tx, fair_id, {known.id: known.item.key[0] for known in accounts}))


def grids(tx: Connection, fair_id: int | None) -> Grids:
    """Every slot and live booking of the fair."""
    slots: dict[int, list[OldSlot]] = defaultdict(list)
    places: dict[int, list[Place]] = defaultdict(list)
    used = set(tx.execute(select(t.bookings.c.slot_id).where(t.bookings.c.fair_id == fair_id).distinct()).scalars())
    of_fair = select(t.slots).join(t.stands, t.stands.c.id == t.slots.c.stand_id).where(t.stands.c.fair_id == fair_id)
    for row in tx.execute(of_fair.order_by(t.slots.c.id)):
        span = Span(row.starts_at, row.ends_at)
        state, retired = SlotState(row.retired_as or row.state), row.retired_as is not None
        slots[row.stand_id].append(OldSlot(row.id, span, row.capacity, state, row.id in used, retired))
    columns = t.bookings.c
    live = columns.state.in_([state.value for state in sorted(LIVE)])
    rows = tx.execute(
        select(
            columns.id, columns.stand_id, columns.candidate_id, columns.slot_id, columns.seat, columns.starts_at,
            columns.ends_at, columns.state,
        )
        .where(columns.fair_id == fair_id, live, columns.slot_id.is_not(None))
        .order_by(columns.id)
    )  # fmt: skip
    for row in rows:
        span = Span(row.starts_at, row.ends_at)
        place = Place(row.id, row.candidate_id, row.slot_id, row.seat, span, BookingState(row.state))
        places[row.stand_id].append(place)
    return Grids({k: tuple(v) for k, v in slots.items()}, {k: tuple(v) for k, v in places.items()})


def names_of(tx: Connection, candidate_ids: Collection[int]) -> dict[int, str]:
    """What candidates are called."""
    rows = tx.execute(
        select(t.candidates.c.id, t.accounts.c.first_name, t.accounts.c.last_name)
        .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
        .where(t.candidates.c.id.in_(candidate_ids))
    )
    return {row.id: f"{row.first_name} {row.last_name}".strip() for row in rows}


def _plain(value: Any) -> Any:
    """JSON lists as tuples, so that equal things compare equal."""
    return tuple(_plain(part) for part in value) if isinstance(value, list) else value


def _sites(tx: Connection, fair_id: int) -> list[Known]:
    found = []
    for row in _of_fair(tx, t.sites, fair_id):
        days = tuple((day["day"], _plain(day["hours"])) for day in row.open_days)
        values = {"name": row.name, "address": row.address, "postcode": row.postcode, "open_days": days}
        item = Item(Kind.SITE, (key(row.name),), row.name, values | {"visit_capacity": row.visit_capacity})
        found.append(Known(row.id, item))
    return found


def _trainings(tx: Connection, fair_id: int, sites: dict[int, Key]) -> list[Known]:
    of_fair = t.trainings.c.fair_id == fair_id
    at = _grouped(tx.execute(select(t.training_sites).join(t.trainings).where(of_fair)), "training_id", "site_id")
    found = []
    for row in _of_fair(tx, t.trainings, fair_id):
        values = {"title": row.title, "trade": row.trade, "level": row.level, "months": row.months}
        where = tuple(sorted(sites[site] for site in at[row.id]))
        found.append(Known(row.id, Item(Kind.TRAINING, (key(row.title),), row.title, values | {"sites": where})))
    return found


def _companies(tx: Connection, fair_id: int) -> list[Known]:
    fields = ("name", "postcode", "town", "sector", "headcount", "website", "about")
    return [
        Known(row.id, Item(Kind.COMPANY, (row.slug,), row.name, {name: getattr(row, name) for name in fields}))
        for row in _of_fair(tx, t.companies, fair_id)
    ]


def _offers(tx: Connection, fair_id: int, slugs: dict[int, str]) -> list[Known]:
    fields = ("title", "trade", "level", "contract", "place", "posts", "about")
    rows = tx.execute(
        select(t.offers).join(t.companies).where(t.companies.c.fair_id == fair_id).order_by(t.offers.c.id)
    )
    seen: Counter[Key] = Counter()
    found = []
    for row in rows:
        values = {"company": slugs[row.company_id], **{name: getattr(row, name) for name in fields}}
        same = (values["company"], key(row.title), key(row.trade), row.level, key(row.place))
        seen[same] += 1
        found.append(Known(row.id, Item(Kind.OFFER, (*same, str(seen[same])), row.title, values)))
    return found


def _stands(tx: Connection, fair_id: int, sites: dict[int, Key], slugs: dict[int, str]) -> list[Known]:
    of_fair = t.stands.c.fair_id == fair_id
    trades = _grouped(tx.execute(select(t.stand_trades).join(t.stands).where(of_fair)), "stand_id", "trade")
    people = select(t.recruiters.c.stand_id, t.recruiters.c.lead, t.stands.c.company_id, t.accounts.c.email)
    staff = tx.execute(people.join(t.stands, t.stands.c.id == t.recruiters.c.stand_id).join(t.accounts).where(of_fair))
    rows = staff.all()
    team, leading = _grouped(rows, "stand_id", "email"), {(row.company_id, row.email) for row in rows if row.lead}
    found = []
    for row in _of_fair(tx, t.stands, fair_id):
        values = {name: getattr(row, name) for name in _STAND} | {
            "company": slugs[row.company_id],
            "site": sites.get(row.site_id),
            "availability": _stretches(row.availability),
            "trades": tuple(sorted(trades[row.id])),
            "recruiters": tuple(sorted(team[row.id])),
            "leads": tuple(sorted(email for email in team[row.id] if (row.company_id, email) in leading)),
        }
        found.append(Known(row.id, Item(Kind.STAND, (row.slug,), row.name, values)))
    return found


def _candidates(tx: Connection, fair_id: int, sites: dict[int, Key], stands: dict[int, str]) -> list[Known]:
    of_fair = t.candidates.c.fair_id == fair_id
    trades = _grouped(tx.execute(select(t.candidate_trades).join(t.candidates).where(of_fair)), "candidate_id", "trade")
    wishes: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    ranked = select(t.wishes).join(t.candidates).where(of_fair).order_by(t.wishes.c.candidate_id, t.wishes.c.rank)
    for row in tx.execute(ranked):
        wishes[row.candidate_id].append((stands[row.stand_id], row.eligible))
    rows = tx.execute(
        select(t.candidates, t.accounts.c.email, t.accounts.c.first_name, t.accounts.c.last_name)
        .join(t.accounts)
        .where(of_fair)
        .order_by(t.candidates.c.id)
    )
    found = []
    for row in rows:
        values = {
            "account": row.email,
            "site": sites.get(row.site_id),
            "level": row.level,
            "age_band": row.age_band,
            "availability": None if row.availability is None else _stretches(row.availability),
            "trades": tuple(sorted(trades[row.id])),
            "wishes": tuple(wishes[row.id]),
        }
        found.append(Known(row.id, Item(Kind.CANDIDATE, (row.email,), f"{row.first_name} {row.last_name}", values)))
    return found


def _accounts(tx: Connection, emails: set[str]) -> list[Known]:
    fields = ("first_name", "last_name", "phone")
    rows = tx.execute(select(t.accounts).where(t.accounts.c.email.in_(emails)).order_by(t.accounts.c.id))
    return [
        Known(row.id, Item(Kind.ACCOUNT, (row.email,), row.email, {name: getattr(row, name) for name in fields}))
        for row in rows
    ]


def _foreign(tx: Connection, fair_id: int, accounts: dict[int, str]) -> frozenset[str]:
    """Those of the accounts that also belong to another fair, or administer: an import leaves their names alone."""

    def elsewhere(table: Table, fair: Column[int]) -> Any:
        return select(table.c.account_id).where(fair != fair_id, table.c.account_id.in_(accounts))

    recruiters = (
        select(t.recruiters.c.account_id)
        .join(t.stands)
        .where(t.stands.c.fair_id != fair_id, t.recruiters.c.account_id.in_(accounts))
    )
    administrators = select(t.accounts.c.id).where(t.accounts.c.administrator, t.accounts.c.id.in_(accounts))
    query = union(
        elsewhere(t.candidates, t.candidates.c.fair_id),
        elsewhere(t.organisers, t.organisers.c.fair_id),
        recruiters,
        administrators,
    )
    return frozenset(accounts[account_id] for account_id in tx.execute(query).scalars())


def _of_fair(tx: Connection, table: Table, fair_id: int) -> Iterable[Any]:
    return tx.execute(select(table).where(table.c.fair_id == fair_id).order_by(table.c.id))


def _grouped(rows: Iterable[Any], owner: str, value: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, owner)].append(getattr(row, value))
    return found


def _stretches(stored: list[list[str]]) -> tuple[tuple[datetime, datetime], ...]:
    return tuple((datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in stored)
