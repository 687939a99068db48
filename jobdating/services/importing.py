"""Carries out the plan of an import: all of it or nothing, in one transaction of bulk statements.

The plan was worked out before, from a snapshot; what may have changed since is checked here.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events, policy
from jobdating.domain.content import Item, Key, Kind
from jobdating.domain.importing import Change, Plan
from jobdating.domain.policy import Actor
from jobdating.domain.privacy import Permission
from jobdating.domain.states import AgeBand
from jobdating.domain.wishing import Mode
from jobdating.services import eligibility, grid, team, timetable_notices

_TABLES = {Kind.SITE: t.sites, Kind.TRAINING: t.trainings, Kind.COMPANY: t.companies, Kind.OFFER: t.offers}
_LISTS = {
    Kind.FAIR: set[str](),
    Kind.SITE: set[str](),
    Kind.TRAINING: {"sites"},
    Kind.COMPANY: set[str](),
    Kind.OFFER: set[str](),
    Kind.STAND: {"trades", "recruiters", "leads"},
    Kind.CANDIDATE: {"trades", "wishes", "account"},
}

Ids = dict[Kind, dict[Key, int]]


def apply(tx: Connection, actor: Actor, *, plan: Plan, ids: Ids, now: datetime) -> int:
    """Make the fair what the plan says; returns its id. `ids` are those of what is stored, from the plan's snapshot.

    Raises BookingsHurt when a booking would lose its slot, PlanStale when the fair changed since the plan was made,
    NotFound for somebody who may not change it.
    """
    _ensure_may(tx, actor, plan)
    if plan.hurts:
        raise grid.BookingsHurt(bookings=sorted(hurt.booking_id for hurt in plan.hurts))
    known: Ids = {kind: dict(of_kind) for kind, of_kind in ids.items()}
    try:
        fair_id = _fair(tx, plan)
        _accounts(tx, plan, known, now=now)
        for kind in (Kind.SITE, Kind.TRAINING, Kind.COMPANY, Kind.OFFER):
            _things(tx, plan, kind, known, fair_id)
        _stands(tx, plan, known, fair_id)
        _candidates(tx, plan, known, fair_id, now=now)
        _organiser(tx, plan, known, fair_id)
        _deadline(tx, plan, fair_id, now=now)
        _leads(tx, actor, plan, known, fair_id, now=now)
    except (IntegrityError, KeyError) as error:
        raise grid.PlanStale() from error
    stands = known[Kind.STAND]
    retrained = [change.known.id for change in plan.changed(Kind.STAND) if "trades" in change.differences]
    eligibility.refresh(tx, stand_ids=retrained)
    grid.lay(tx, [(stands[each.stand], each.capacity, each.grid) for each in plan.slots], now=now)
    _tell(tx, actor, plan, known, fair_id, now=now)
    return fair_id


def exported(tx: Connection, actor: Actor, *, fair_id: int, now: datetime) -> None:
    """Journal that the actor takes the fair away as a file. Raises NotFound for who may not."""
    policy.ensure_organiser(actor, fair_id=fair_id)
    journal.append(tx, events.FairExported(fair_id=fair_id), at=now, by=actor.account_id)


def _ensure_may(tx: Connection, actor: Actor, plan: Plan) -> None:
    """A new fair is made by an administrator or the command line, a known one changed by its organisers."""
    if plan.fair_id is not None:
        policy.ensure_organiser(actor, fair_id=plan.fair_id)
    elif tx.execute(select(t.fairs.c.id).where(t.fairs.c.slug == plan.slug)).first():
        raise grid.PlanStale()
    elif not (actor.system or actor.administrator):
        policy.ensure_organiser(actor, fair_id=0)


def _deadline(tx: Connection, plan: Plan, fair_id: int, *, now: datetime) -> None:
    """Who has not ranked their wishes is reminded before the deadline that holds now."""
    touched = [item for item in plan.added(Kind.FAIR) if "mode" in item.values]
    touched += [c.item for c in plan.changed(Kind.FAIR) if _touches(c, "mode") or _touches(c, "wishes_until")]
    if touched:
        row = tx.execute(select(t.fairs.c.mode, t.fairs.c.wishes_until).where(t.fairs.c.id == fair_id)).one()
        until = row.wishes_until if row.mode == Mode.WISHES else None
        timetable_notices.remind_before(tx, fair_id, until=until, now=now)


def _fair(tx: Connection, plan: Plan) -> int:
    for item in plan.added(Kind.FAIR):
        values = {"slug": plan.slug, **{name: _stored(value) for name, value in item.values.items()}}
        return int(tx.execute(insert(t.fairs).values(values).returning(t.fairs.c.id)).scalar_one())
    assert plan.fair_id is not None
    for change in plan.changed(Kind.FAIR):
        values = {name: _stored(after) for name, (_, after) in change.differences.items()}
        tx.execute(update(t.fairs).where(t.fairs.c.id == plan.fair_id).values(values))
    return plan.fair_id


def _accounts(tx: Connection, plan: Plan, known: Ids, *, now: datetime) -> None:
    """New accounts, unless somebody made theirs meanwhile; then the ids of all that the plan speaks of."""
    fresh = [
        {"email": item.key[0], "first_name": "", "last_name": "", "phone": None, **item.values, "created_at": now}
        for item in plan.added(Kind.ACCOUNT)
    ]
    if fresh:
        dialect: Any = sqlite if tx.dialect.name == "sqlite" else postgresql
        tx.execute(dialect.insert(t.accounts).on_conflict_do_nothing(index_elements=["email"]), fresh)
    for change in plan.changed(Kind.ACCOUNT):
        values = {name: after for name, (_, after) in change.differences.items()}
        tx.execute(update(t.accounts).where(t.accounts.c.id == change.known.id).values(values))
    emails = [item.key[0] for item in plan.added(Kind.ACCOUNT)]
    rows = tx.execute(select(t.accounts.c.id, t.accounts.c.email).where(t.accounts.c.email.in_(emails)))
    known.setdefault(Kind.ACCOUNT, {}).update({(row.email,): row.id for row in rows})


def _things(tx: Connection, plan: Plan, kind: Kind, known: Ids, fair_id: int) -> None:
    """Sites, trainings, companies, offers: one table each."""
    table = _TABLES[kind]
    added = plan.added(kind)
    rows = [_row(item, known, fair_id) for item in added]
    _insert(tx, table, rows, [item.key for item in added], known.setdefault(kind, {}))
    for change in plan.changed(kind):
        values = _row(change.item, known, fair_id, only=change.differences.keys())
        if values:
            tx.execute(update(table).where(table.c.id == change.known.id).values(values))
    if kind is Kind.TRAINING:
        _replace(tx, t.training_sites, "training_id", "site_id", _lists(plan, kind, "sites", known), known[Kind.SITE])


def _stands(tx: Connection, plan: Plan, known: Ids, fair_id: int) -> None:
    added = plan.added(Kind.STAND)
    rows = [_row(item, known, fair_id) | {"slug": item.key[0]} for item in added]
    _insert(tx, t.stands, rows, [item.key for item in added], known.setdefault(Kind.STAND, {}))
    for change in plan.changed(Kind.STAND):
        values = _row(change.item, known, fair_id, only=change.differences.keys())
        if values:
            tx.execute(update(t.stands).where(t.stands.c.id == change.known.id).values(values))
    _replace(tx, t.stand_trades, "stand_id", "trade", _lists(plan, Kind.STAND, "trades", known))
    accounts = {key[0]: id_ for key, id_ in known[Kind.ACCOUNT].items()}
    _keep_team(tx, _lists(plan, Kind.STAND, "recruiters", known), accounts)


def _keep_team(tx: Connection, teams: dict[int, tuple[str, ...]], accounts: dict[str, int]) -> None:
    """The people of a file work at the stand; nobody who was added by hand is sent away."""
    there = tx.execute(
        select(t.recruiters.c.stand_id, t.recruiters.c.account_id).where(t.recruiters.c.stand_id.in_(teams))
    ).all()
    present = {(row.stand_id, row.account_id) for row in there}
    wanted = [(stand_id, accounts[email]) for stand_id, emails in teams.items() for email in emails]
    rows = [{"stand_id": stand, "account_id": account} for stand, account in wanted if (stand, account) not in present]
    if rows:
        tx.execute(insert(t.recruiters), rows)


def _leads(tx: Connection, actor: Actor, plan: Plan, known: Ids, fair_id: int, *, now: datetime) -> None:
    """Who leads a company from now on, or no longer, at all its stands; of others nothing changes."""
    said = [(item, set[str]()) for item in plan.added(Kind.STAND) if "leads" in item.values]
    said += [(c.item, set(c.known.item.values["leads"])) for c in plan.changed(Kind.STAND) if _touches(c, "leads")]
    chosen = {
        (known[Kind.ACCOUNT][(email,)], known[Kind.COMPANY][(item.values["company"],)]): email in item.values["leads"]
        for item, before in said
        for email in before.symmetric_difference(item.values["leads"])
    }
    for (account_id, company_id), lead in sorted(chosen.items()):
        team.note_lead(tx, team.Place(account_id, company_id), fair_id=fair_id, lead=lead, by=actor.account_id, now=now)


def _candidates(tx: Connection, plan: Plan, known: Ids, fair_id: int, *, now: datetime) -> None:
    added = plan.added(Kind.CANDIDATE)
    accounts = known[Kind.ACCOUNT]
    rows = [
        _row(item, known, fair_id)
        | {"account_id": accounts[item.key], "registered_at": now, "permission": _permission(item.values)}
        for item in added
    ]
    _insert(tx, t.candidates, rows, [item.key for item in added], known.setdefault(Kind.CANDIDATE, {}))
    for change in plan.changed(Kind.CANDIDATE):
        values = _row(change.item, known, fair_id, only=change.differences.keys())
        if values:
            tx.execute(update(t.candidates).where(t.candidates.c.id == change.known.id).values(values))
        if "age_band" in values:  # an age that organisers correct is asked about again
            corrected = update(t.candidates).where(
                t.candidates.c.id == change.known.id, t.candidates.c.permission != "withdrawn"
            )
            tx.execute(corrected.values(permission=_permission(values)))
    _replace(tx, t.candidate_trades, "candidate_id", "trade", _lists(plan, Kind.CANDIDATE, "trades", known))
    wishes = _lists(plan, Kind.CANDIDATE, "wishes", known)
    if wishes:
        _clear(tx, t.wishes, "candidate_id", wishes)
        stands = known[Kind.STAND]
        ranked = [
            {"candidate_id": candidate, "stand_id": stands[(stand,)], "rank": rank, "eligible": eligible}
            for candidate, list_ in wishes.items()
            for rank, (stand, eligible) in enumerate(list_, 1)
        ]
        if ranked:
            tx.execute(insert(t.wishes), ranked)


def _permission(values: Mapping[str, Any]) -> str:
    """Who is put on a list is asked at their first sign-in; under 15 a parent is, before any place is taken."""
    young = values.get("age_band") == AgeBand.UNDER_15
    return (Permission.PARENT_ASKED if young else Permission.ASKED).value


def _organiser(tx: Connection, plan: Plan, known: Ids, fair_id: int) -> None:
    """The contact of the fair organises it."""
    said = [item.values.get("contact_email") for item in plan.added(Kind.FAIR)]
    said += [change.item.values.get("contact_email") for change in plan.changed(Kind.FAIR)]
    for email in filter(None, said):
        account_id = known[Kind.ACCOUNT][(email,)]
        mine = (t.organisers.c.fair_id == fair_id, t.organisers.c.account_id == account_id)
        if not tx.execute(select(t.organisers.c.id).where(*mine)).first():
            tx.execute(insert(t.organisers).values(fair_id=fair_id, account_id=account_id))


def _tell(tx: Connection, actor: Actor, plan: Plan, known: Ids, fair_id: int, *, now: datetime) -> None:
    """Journal what open pages show: changed stands and candidates, then the import itself."""
    stands = known[Kind.STAND]
    changed = {stands[c.item.key] for c in plan.changed(Kind.STAND)} | {stands[each.stand] for each in plan.slots}
    entries: list[events.Event] = [events.StandChanged(fair_id=fair_id, stand_id=stand) for stand in sorted(changed)]
    entries += [
        events.ProfileChanged(fair_id=fair_id, candidate_id=change.known.id) for change in plan.changed(Kind.CANDIDATE)
    ]
    if plan.changed(Kind.FAIR):
        entries.append(events.FairChanged(fair_id=fair_id))
    for event in (*entries, events.FairImported(fair_id=fair_id)):
        journal.append(tx, event, at=now, by=actor.account_id)


def _insert(tx: Connection, table: Table, rows: list[dict[str, Any]], keys: list[Key], ids: dict[Key, int]) -> None:
    if not rows:
        return
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    ids.update(zip(keys, tx.execute(statement, rows).scalars(), strict=True))


def _row(item: Item, known: Ids, fair_id: int, *, only: Iterable[str] | None = None) -> dict[str, Any]:
    """The columns of a thing: lists live in tables of their own, references become ids."""
    chosen = set(item.values) if only is None else set(only)
    row: dict[str, Any] = {}
    for name in chosen - _LISTS[item.kind]:
        value = item.values[name]
        if name == "company":
            row["company_id"] = known[Kind.COMPANY][(value,)]
        elif name == "site":
            row["site_id"] = None if value is None else known[Kind.SITE][value]
        elif name == "availability":
            row[name] = None if value is None else [[start.isoformat(), end.isoformat()] for start, end in value]
        elif name == "open_days":
            row[name] = [{"day": day, "hours": [list(pair) for pair in pairs]} for day, pairs in value]
        else:
            row[name] = _stored(value)
    if only is None and item.kind is not Kind.OFFER:
        row["fair_id"] = fair_id
        if item.kind is Kind.COMPANY:
            row["slug"] = item.key[0]
    return row


def _lists(plan: Plan, kind: Kind, name: str, known: Ids) -> dict[int, Any]:
    """The new lists of that name, by the id of what they belong to."""
    things: list[Item] = [item for item in plan.added(kind) if name in item.values]
    things += [change.item for change in plan.changed(kind) if _touches(change, name)]
    return {known[kind][item.key]: item.values[name] for item in things}


def _touches(change: Change, name: str) -> bool:
    return name in change.differences


def _replace(
    tx: Connection, table: Table, owner: str, value: str, lists: dict[int, Any], ids: dict[Key, int] | None = None
) -> None:
    _clear(tx, table, owner, lists)
    rows = [{owner: id_, value: ids[part] if ids else part} for id_, parts in lists.items() for part in parts]
    if rows:
        tx.execute(insert(table), rows)


def _clear(tx: Connection, table: Table, owner: str, ids: Iterable[int]) -> None:
    chosen = list(ids)
    if chosen:
        tx.execute(delete(table).where(table.c[owner].in_(chosen)))


def _stored(value: Any) -> Any:
    """Tuples as JSON lists."""
    return [_stored(part) for part in value] if isinstance(value, tuple) else value
