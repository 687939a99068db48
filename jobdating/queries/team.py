"""Who works for a fair: recruiters by company, and organisers; who leads, and who confirms their sign-in."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from jobdating.db import tables as t
from jobdating.db.ordering import by_name


@dataclass(frozen=True)
class Recruiter:
    """Somebody of a company. `id` is one of their places at its stands; `more_rights`: organises, too, or administers."""

    id: int
    account_id: int
    name: str
    email: str
    stands: tuple[str, ...]
    lead: bool
    confirms: bool
    more_rights: bool


@dataclass(frozen=True)
class Company:
    """A company and its recruiters, by name."""

    id: int
    name: str
    recruiters: tuple[Recruiter, ...]


@dataclass(frozen=True)
class Organiser:
    account_id: int
    name: str
    email: str
    confirms: bool


@dataclass(frozen=True)
class Team:
    companies: tuple[Company, ...]
    organisers: tuple[Organiser, ...]


_CONFIRMS = (
    exists().where(t.passkeys.c.account_id == t.accounts.c.id)
    | exists().where(t.second_factors.c.account_id == t.accounts.c.id, t.second_factors.c.app_since.is_not(None))
).label("confirms")
_RIGHTS = (exists().where(t.organisers.c.account_id == t.accounts.c.id) | t.accounts.c.administrator).label("rights")


def team(tx: Connection, fair_id: int) -> Team:
    """Everybody who works for the fair. Two reads."""
    places: dict[tuple[int, int], list[Row[Any]]] = defaultdict(list)
    for row in tx.execute(
        select(
            t.recruiters.c.id,
            t.recruiters.c.account_id,
            t.recruiters.c.lead,
            t.stands.c.name.label("stand"),
            t.stands.c.company_id,
            t.companies.c.name.label("company"),
            t.accounts.c.email,
            t.accounts.c.first_name,
            t.accounts.c.last_name,
            _CONFIRMS,
            _RIGHTS,
        )
        .join(t.stands, t.stands.c.id == t.recruiters.c.stand_id)
        .join(t.companies, t.companies.c.id == t.stands.c.company_id)
        .join(t.accounts, t.accounts.c.id == t.recruiters.c.account_id)
        .where(t.stands.c.fair_id == fair_id)
        .order_by(
            by_name(t.companies.c.name),
            t.companies.c.id,
            by_name(t.accounts.c.last_name),
            t.accounts.c.id,
            t.recruiters.c.id,
        )
    ):
        places[row.company_id, row.account_id].append(row)
    companies: dict[int, list[Recruiter]] = defaultdict(list)
    names: dict[int, str] = {}
    for (company_id, _), rows in places.items():
        names[company_id] = str(rows[0].company)
        companies[company_id].append(_recruiter(rows))
    return Team(
        tuple(Company(number, names[number], tuple(people)) for number, people in companies.items()),
        _organisers(tx, fair_id),
    )


def _recruiter(rows: list[Row[Any]]) -> Recruiter:
    first = rows[0]
    return Recruiter(
        id=first.id,
        account_id=first.account_id,
        name=f"{first.first_name} {first.last_name}".strip(),
        email=first.email,
        stands=tuple(sorted(row.stand for row in rows)),
        lead=any(row.lead for row in rows),
        confirms=bool(first.confirms),
        more_rights=bool(first.rights),
    )


def _organisers(tx: Connection, fair_id: int) -> tuple[Organiser, ...]:
    rows = tx.execute(
        select(t.accounts.c.id, t.accounts.c.email, t.accounts.c.first_name, t.accounts.c.last_name, _CONFIRMS)
        .join(t.organisers, t.organisers.c.account_id == t.accounts.c.id)
        .where(t.organisers.c.fair_id == fair_id)
        .order_by(by_name(t.accounts.c.last_name), t.accounts.c.id)
    )
    return tuple(
        Organiser(row.id, f"{row.first_name} {row.last_name}".strip(), row.email, bool(row.confirms)) for row in rows
    )
