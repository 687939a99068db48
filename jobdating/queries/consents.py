"""The consents of an account, as its owner sees them: what was agreed to, when, by whom, and what still may be."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select, text

from jobdating.db import tables as t
from jobdating.domain.privacy import LONGER_MONTHS, ConsentKind, Permission, purge_day
from jobdating.domain.states import AgeBand


@dataclass(frozen=True)
class Consent:
    """One yes, in the words that were read. `own` is False for a parent's.

    `signed_on` is the day on a paper that the organisers hold, None for what was answered here.
    """

    id: int
    kind: ConsentKind
    wording: str
    given_by: str
    given_at: datetime
    withdrawn_at: datetime | None
    until: date | None
    signed_on: date | None

    @property
    def own(self) -> bool:
        return self.kind is not ConsentKind.PARENT


@dataclass(frozen=True)
class Part:
    """A fair the account is a candidate of. `places` would be given back; `purge` is the day of being forgotten.

    `longer` are the months one may be kept instead, with the day each would last until; none under 15.
    """

    fair_id: int
    name: str
    slug: str
    permission: Permission
    places: int
    purge: date
    kept_until: date | None
    longer: tuple[tuple[int, date], ...]
    consents: tuple[Consent, ...]


def parts(tx: Connection, account_id: int) -> tuple[Part, ...]:
    """Every fair of a candidate, the last one first. Three statements."""
    c, f, b = t.candidates.c, t.fairs.c, t.bookings.c
    rows = tx.execute(
        select(c.id, c.fair_id, c.age_band, c.permission, f.name, f.slug, f.last_day)
        .join(t.fairs, f.id == c.fair_id)
        .where(c.account_id == account_id, c.forgotten_at.is_(None))
        .order_by(f.last_day.desc(), f.id)
    ).all()
    live = select(b.candidate_id, func.count()).where(b.candidate_id.in_([row.id for row in rows]), text(t.IS_LIVE))
    places = {row[0]: row[1] for row in tx.execute(live.group_by(b.candidate_id))}
    given = _consents(tx, account_id)
    found = []
    for row in rows:
        mine = given.get(row.fair_id, ())
        kept = next((each.until for each in mine if each.kind is ConsentKind.KEEPING and not each.withdrawn_at), None)
        young = row.age_band == AgeBand.UNDER_15
        longer = () if young else tuple((months, purge_day(row.last_day, months=months)) for months in LONGER_MONTHS)
        purge = purge_day(row.last_day)
        found.append(
            Part(
                row.fair_id, row.name, row.slug, Permission(row.permission), places.get(row.id, 0), purge, kept,
                longer, mine,
            )
        )  # fmt: skip
    return tuple(found)


def _consents(tx: Connection, account_id: int) -> dict[int | None, tuple[Consent, ...]]:
    c = t.consents.c
    columns = (c.id, c.kind, c.wording, c.given_by, c.given_at, c.withdrawn_at, c.until, c.signed_on)
    rows = tx.execute(select(c.fair_id, *columns).where(c.account_id == account_id).order_by(c.id.desc()))
    found: dict[int | None, list[Consent]] = {}
    for row in rows:
        values = {**row._mapping, "kind": ConsentKind(row.kind)}
        found.setdefault(values.pop("fair_id"), []).append(Consent(**values))
    return {fair_id: tuple(consents) for fair_id, consents in found.items()}
