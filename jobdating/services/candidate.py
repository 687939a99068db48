"""What candidates say of themselves for one fair: level, trades, site, age, when they can come, how to reach them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events, policy, text
from jobdating.domain.errors import Invalid
from jobdating.domain.policy import Actor
from jobdating.domain.privacy import Permission
from jobdating.domain.slots import Span
from jobdating.domain.states import AgeBand, Level, Party
from jobdating.queries import accounts
from jobdating.services import permission, rows, wishes

ABOUT_LENGTH = 2_000
_PHONE = re.compile(r"\+?[0-9]{6,15}")


@dataclass(frozen=True)
class Profile:
    """What was typed. `availability` None means all the fair; an unknown `level` is ""."""

    level: str
    trades: frozenset[str]
    site_id: int | None
    age_band: str
    availability: tuple[Span, ...] | None
    phone: str
    about: str


def change(tx: Connection, actor: Actor, *, candidate_id: int, profile: Profile, now: datetime) -> None:
    """Write the profile, by the candidate or an organiser; wishes are looked at again with the new trades.

    The same profile again is no change. Raises NotFound, Invalid with each wrong field.
    """
    fair_id = rows.lock_candidate(tx, candidate_id)
    party = policy.ensure_own(actor, candidate_id=candidate_id, fair_id=fair_id)
    c = t.candidates.c
    account_id, age_band, permitted = tx.execute(
        select(c.account_id, c.age_band, c.permission).where(c.id == candidate_id)
    ).one()
    own = party is Party.CANDIDATE
    values, phone, trades = _checked(tx, fair_id, profile, age_band=age_band, own=own)
    if not _differs(tx, candidate_id, account_id, values, phone, trades):
        return
    tx.execute(update(t.candidates).where(t.candidates.c.id == candidate_id).values(**values))
    tx.execute(update(t.accounts).where(t.accounts.c.id == account_id).values(phone=phone))
    tx.execute(t.candidate_trades.delete().where(t.candidate_trades.c.candidate_id == candidate_id))
    if trades:
        tx.execute(
            insert(t.candidate_trades), [{"candidate_id": candidate_id, "trade": each} for each in sorted(trades)]
        )
    wishes.look_again(tx, candidate_id)
    changed = events.ProfileChanged(fair_id=fair_id, candidate_id=candidate_id)
    journal.append(tx, changed, at=now, by=actor.account_id)
    if profile.age_band == AgeBand.UNDER_15 != age_band and permitted == Permission.GIVEN:
        parents_turn = Permission.PARENT_ASKED  # nobody is asked yet: the pages ask which parent
        permission.change(tx, candidate_id=candidate_id, permission=parents_turn, by=actor.account_id, now=now)


def _checked(
    tx: Connection, fair_id: int, profile: Profile, *, age_band: str, own: bool
) -> tuple[dict[str, Any], str | None, frozenset[str]]:
    wrong: dict[str, str] = {}
    known = frozenset(accounts.trades(tx, fair_id))
    sites = set(tx.execute(select(t.sites.c.id).where(t.sites.c.fair_id == fair_id)).scalars())
    trades = profile.trades & known
    if known and not trades:
        wrong["trades"] = "missing"
    if profile.level and profile.level not in set(Level):
        wrong["level"] = "choice"
    if profile.site_id is not None and profile.site_id not in sites:
        wrong["site_id"] = "choice"
    if profile.age_band not in set(AgeBand):
        wrong["age_band"] = "missing" if not profile.age_band else "choice"
    if profile.availability is not None and not profile.availability:
        wrong["availability"] = "missing"
    phone, about = re.sub(r"[\s.()/-]", "", profile.phone), ""
    if phone and not _PHONE.fullmatch(phone):
        wrong["phone"] = "phone"
    try:
        about = text.passage(profile.about, limit=ABOUT_LENGTH)
    except text.Unfit as unfit:
        wrong["about"] = unfit.code
    if age_band == AgeBand.UNDER_15 and profile.age_band != age_band and own:
        wrong["age_band"] = "age_fixed"  # organisers correct it: a parent was asked
    if wrong:
        raise Invalid(fields=wrong)
    values = {
        "level": profile.level,
        "site_id": profile.site_id,
        "age_band": profile.age_band,
        "availability": _stored(profile.availability),
        "about": about,
    }
    return values, phone or None, trades


def _stored(availability: Iterable[Span] | None) -> list[list[str]] | None:
    if availability is None:
        return None
    return [[f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (each.start, each.end)] for each in sorted(availability)]


def _differs(
    tx: Connection,
    candidate_id: int,
    account_id: int,
    values: dict[str, Any],
    phone: str | None,
    trades: frozenset[str],
) -> bool:
    columns = [t.candidates.c[name] for name in values]
    row = tx.execute(select(*columns).where(t.candidates.c.id == candidate_id)).one()
    of_candidate = t.candidate_trades.c.candidate_id == candidate_id
    now_trades = set(tx.execute(select(t.candidate_trades.c.trade).where(of_candidate)).scalars())
    now_phone = tx.execute(select(t.accounts.c.phone).where(t.accounts.c.id == account_id)).scalar_one()
    return row._asdict() != values or now_phone != phone or now_trades != trades
