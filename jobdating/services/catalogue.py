"""Makes, changes and removes the sites, trainings, companies and offers of a fair. Takes nothing away from a booking."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events, policy
from jobdating.domain.content import Kind
from jobdating.domain.errors import DomainError, Invalid, NotFound
from jobdating.domain.naming import key, slug
from jobdating.domain.policy import Actor

TABLES: dict[Kind, Table] = {
    Kind.SITE: t.sites,
    Kind.TRAINING: t.trainings,
    Kind.COMPANY: t.companies,
    Kind.OFFER: t.offers,
}
_NAMED = {Kind.SITE: "name", Kind.TRAINING: "title", Kind.COMPANY: "name"}


class InUse(DomainError):
    """Stands of the company stand in the way of its removal."""

    code = "in_use"


def save(
    tx: Connection,
    actor: Actor,
    *,
    fair_id: int,
    kind: Kind,
    thing_id: int | None,
    values: Mapping[str, Any],
    now: datetime,
) -> int:
    """Make a thing (`thing_id` None) or change it; returns its id. `sites` of a training is a list of ids.

    Raises Invalid beside the field, NotFound.
    """
    policy.ensure_organiser(actor, fair_id=fair_id)
    table, columns = TABLES[kind], dict(values)
    sites = columns.pop("sites", None)
    if thing_id is not None:
        _ensure_of(tx, kind, thing_id, fair_id)
    _ensure_single(tx, kind, thing_id, fair_id, columns)
    if kind is Kind.OFFER:
        _ensure_of(tx, Kind.COMPANY, columns["company_id"], fair_id)
    elif thing_id is None:
        columns["fair_id"] = fair_id
    if kind is Kind.COMPANY and thing_id is None:
        columns["slug"] = slug(columns["name"], 120)
    if thing_id is None:
        thing_id = int(tx.execute(insert(table).values(columns).returning(table.c.id)).scalar_one())
    else:
        tx.execute(update(table).where(table.c.id == thing_id).values(columns))
    if kind is Kind.TRAINING:
        _set_sites(tx, thing_id, fair_id, sites or [])
    journal.append(tx, events.FairChanged(fair_id=fair_id), at=now, by=actor.account_id)
    return thing_id


def remove(tx: Connection, actor: Actor, *, fair_id: int, kind: Kind, thing_id: int, now: datetime) -> None:
    """Remove a thing. Stands and candidates of a removed site stay, without a site. Raises InUse, NotFound."""
    policy.ensure_organiser(actor, fair_id=fair_id)
    _ensure_of(tx, kind, thing_id, fair_id)
    if kind is Kind.COMPANY:
        stands = tx.execute(select(t.stands.c.name).where(t.stands.c.company_id == thing_id)).scalars().all()
        if stands:
            raise InUse(stands=", ".join(stands))
    if kind is Kind.SITE:  # before the cascade of the tables would reach them
        for table in (t.stands, t.candidates, t.announcements):
            tx.execute(update(table).where(table.c.site_id == thing_id).values(site_id=None))
    tx.execute(delete(TABLES[kind]).where(TABLES[kind].c.id == thing_id))
    journal.append(tx, events.FairChanged(fair_id=fair_id), at=now, by=actor.account_id)


def _ensure_of(tx: Connection, kind: Kind, thing_id: int, fair_id: int) -> None:
    table = TABLES[kind]
    found = select(table.c.id).where(table.c.id == thing_id)
    if kind is Kind.OFFER:
        found = found.join(t.companies, t.companies.c.id == t.offers.c.company_id).where(
            t.companies.c.fair_id == fair_id
        )
    else:
        found = found.where(table.c.fair_id == fair_id)
    if tx.execute(found).first() is None:
        raise NotFound(what=kind.value)


def _ensure_single(tx: Connection, kind: Kind, thing_id: int | None, fair_id: int, columns: Mapping[str, Any]) -> None:
    """No two of one name: imports know things by it."""
    if kind not in _NAMED:
        return
    table, name = TABLES[kind], _NAMED[kind]
    rows = tx.execute(select(table.c.id, table.c[name]).where(table.c.fair_id == fair_id))
    if any(row.id != thing_id and key(row[1]) == key(columns[name]) for row in rows):
        raise Invalid(fields={name: "name_taken"})


def _set_sites(tx: Connection, training_id: int, fair_id: int, sites: list[int]) -> None:
    tx.execute(delete(t.training_sites).where(t.training_sites.c.training_id == training_id))
    known = set(tx.execute(select(t.sites.c.id).where(t.sites.c.fair_id == fair_id)).scalars())
    rows = [{"training_id": training_id, "site_id": site} for site in sorted(known & set(sites))]
    if rows:
        tx.execute(insert(t.training_sites), rows)
