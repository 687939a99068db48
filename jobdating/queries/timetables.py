"""Where a fair stands between wishes and timetable: its mode, its deadline, how far ranking is, its drafts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.domain.errors import NotFound
from jobdating.domain.wishing import Decision, Mode, Wishing


@dataclass(frozen=True)
class Ranking:
    """How many have ranked: `asked_at` is when those who had not were last reminded, `missing` of them can be."""

    candidates: int
    ranked: int
    wishes: int
    asked_at: datetime | None

    @property
    def missing(self) -> int:
        return self.candidates - self.ranked


@dataclass(frozen=True)
class Draft:
    """A draft without its interviews. `figures` is None until it is solved, `trouble` what kept it from being."""

    letter: str
    preset: str
    policy: Mapping[str, Any]
    step: str
    step_at: datetime
    solved_at: datetime | None
    figures: Mapping[str, Any] | None
    trouble: list[Any] | None


@dataclass(frozen=True)
class Decided:
    """A pair an organiser decided about."""

    candidate_id: int
    candidate: str
    stand_id: int
    stand: str
    decision: Decision


def wishing(tx: Connection, fair_id: int) -> Wishing:
    """Raises NotFound."""
    f = t.fairs.c
    row = tx.execute(select(f.mode, f.wishes_until, f.timetable_at, f.rest_open).where(f.id == fair_id)).first()
    if row is None:
        raise NotFound(what="fair")
    return Wishing(Mode(row.mode), row.wishes_until, row.timetable_at, row.rest_open)


def ranking(tx: Connection, fair_id: int) -> Ranking:
    """Three statements."""
    of_fair = t.candidates.c.fair_id == fair_id
    candidates = tx.execute(select(func.count()).select_from(t.candidates).where(of_fair)).scalar_one()
    row = tx.execute(
        select(func.count(), func.count(t.wishes.c.candidate_id.distinct()))
        .select_from(t.wishes.join(t.candidates))
        .where(of_fair)
    ).one()
    asked = (
        select(func.max(t.solicitations.c.asked_at))
        .select_from(t.solicitations.join(t.candidates))
        .where(of_fair, t.solicitations.c.stand_id.is_(None))
    )
    return Ranking(candidates, row[1], row[0], tx.execute(asked).scalar())


def drafts(tx: Connection, fair_id: int) -> tuple[Draft, ...]:
    """By letter."""
    columns = [t.drafts.c[name] for name in Draft.__dataclass_fields__]
    rows = tx.execute(select(*columns).where(t.drafts.c.fair_id == fair_id).order_by(t.drafts.c.letter))
    return tuple(Draft(**row._asdict()) for row in rows)


def solved(tx: Connection, fair_id: int, letter: str) -> Row[Any]:
    """A draft with its interviews and its denials. Raises NotFound for one that does not exist."""
    of_draft = (t.drafts.c.fair_id == fair_id, t.drafts.c.letter == letter)
    row = tx.execute(select(t.drafts).where(*of_draft)).first()
    if row is None:
        raise NotFound(what="draft")
    return row


_CHANGES = (
    "BookingMade", "BookingMoved", "BookingCancelled", "BookingRestored", "WishesRanked", "ProfileChanged",
    "OpinionGiven", "PairDecided", "StandChanged", "SlotBlocked", "SlotReopened", "FairChanged", "FairImported",
    "PermissionChanged", "TimetablePublished", "PolicyWeighed",
)  # fmt: skip


def is_stale(tx: Connection, fair_id: int) -> bool:
    """Whether anything a timetable is made from has changed since the drafts were solved."""
    j = t.journal.c
    last = select(j.id).where(j.fair_id == fair_id).order_by(j.id.desc()).limit(1)  # the latest: found from the end
    solved_at = tx.execute(last.where(j.kind == "TimetableDrafted")).scalar()
    changed_at = tx.execute(last.where(j.kind.in_(_CHANGES))).scalar()
    return solved_at is None or (changed_at is not None and changed_at > solved_at)


def decided(tx: Connection, fair_id: int) -> tuple[Decided, ...]:
    """What organisers decided by hand, by candidate."""
    rows = tx.execute(
        select(
            t.decisions.c.candidate_id,
            t.decisions.c.stand_id,
            t.decisions.c.decision,
            t.accounts.c.first_name,
            t.accounts.c.last_name,
            t.stands.c.name,
        )
        .select_from(t.decisions)
        .join(t.candidates, t.candidates.c.id == t.decisions.c.candidate_id)
        .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
        .join(t.stands, t.stands.c.id == t.decisions.c.stand_id)
        .where(t.candidates.c.fair_id == fair_id)
        .order_by(
            by_name(t.accounts.c.last_name),
            by_name(t.accounts.c.first_name),
            t.candidates.c.id,
            by_name(t.stands.c.name),
        )
    )
    return tuple(
        Decided(
            row.candidate_id,
            f"{row.first_name} {row.last_name}".strip(),
            row.stand_id,
            row.name,
            Decision(row.decision),
        )
        for row in rows
    )
