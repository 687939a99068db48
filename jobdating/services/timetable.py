"""Keeps the drafts of a fair's timetable: what they weigh, how far they are, what came out; and what is decided by hand.

Solving happens elsewhere, outside any transaction. What is published is the business of `publishing`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events, policy
from jobdating.domain.errors import Invalid, NotFound
from jobdating.domain.policy import Actor
from jobdating.domain.weighing import MENDING, MOST, STANDARD, Preset, Weights
from jobdating.domain.wishing import Decision
from jobdating.services import rows

STUCK = timedelta(minutes=2)  # no step for so long: the process that worked on it is gone
UNDER_WAY = ("wait", "solve", "measure")


@dataclass(frozen=True)
class Solved:
    """What came out of solving a draft: figures, [candidate, slot] and [candidate, stand, code]."""

    figures: Mapping[str, Any]
    interviews: list[list[int]]
    denied: list[list[Any]]


def ask(tx: Connection, actor: Actor, *, fair_id: int, now: datetime) -> bool:
    """Have the drafts solved; False when somebody has asked already, so that two clicks are one. Raises NotFound."""
    policy.ensure_organiser(actor, fair_id=fair_id)
    _lay_out(tx, fair_id, now)
    return _begin(tx, fair_id, list(STANDARD), now)


def ask_mending(tx: Connection, actor: Actor, *, fair_id: int, strength: str, now: datetime) -> bool:
    """Have what was published mended, under the weights it was published with. Raises NotFound."""
    policy.ensure_organiser(actor, fair_id=fair_id)
    published = tx.execute(select(t.fairs.c.timetable_at).where(t.fairs.c.id == fair_id).with_for_update()).scalar()
    if published is None:
        raise NotFound(what="timetable")
    d = t.drafts.c
    kept = tx.execute(select(d.letter, d.policy).where(d.fair_id == fair_id)).all()
    weights = {row.letter: row.policy for row in kept}
    mine = weights.get(MENDING) or weights.get("B") or STANDARD["B"][1].stored()
    if MENDING not in weights:
        tx.execute(insert(t.drafts).values(fair_id=fair_id, letter=MENDING, preset=strength, policy=mine, step_at=now))
    if not _begin(tx, fair_id, [MENDING], now):
        return False
    tx.execute(update(t.drafts).where(d.fair_id == fair_id, d.letter == MENDING).values(preset=strength))
    return True


def reach(tx: Connection, *, fair_id: int, letter: str, step: str, now: datetime) -> None:
    """How far the solving of a draft is."""
    tx.execute(update(t.drafts).where(*_of(fair_id, letter)).values(step=step, step_at=now))


def keep(tx: Connection, actor: Actor, *, fair_id: int, solved: Mapping[str, Solved], now: datetime) -> None:
    """The drafts are solved: keep what came out, and journal it. What would be mended is nobody's news yet."""
    for letter, each in solved.items():
        values = {"figures": dict(each.figures), "interviews": each.interviews, "denied": each.denied}
        tx.execute(
            update(t.drafts)
            .where(*_of(fair_id, letter))
            .values(step="idle", step_at=now, solved_at=now, trouble=None, **values)
        )
    if MENDING not in solved:
        journal.append(tx, events.TimetableDrafted(fair_id=fair_id), at=now, by=actor.account_id)


def give_up(tx: Connection, *, fair_id: int, letters: list[str], trouble: list[Any], now: datetime) -> None:
    """They could not be solved; what they were before stays."""
    here = (t.drafts.c.fair_id == fair_id, t.drafts.c.letter.in_(letters))
    tx.execute(update(t.drafts).where(*here).values(step="idle", step_at=now, trouble=trouble))


def weigh(tx: Connection, actor: Actor, *, fair_id: int, letter: str, weights: Weights | None, now: datetime) -> None:
    """Change what a draft weighs; None is the standard again. It is to be solved anew. Raises NotFound, Invalid."""
    policy.ensure_organiser(actor, fair_id=fair_id)
    if letter not in STANDARD or STANDARD[letter][0] is Preset.FIRST_COME:
        raise NotFound(what="draft")
    chosen = weights or STANDARD[letter][1]
    wrong = {
        name: "points"
        for name, points in chosen.stored().items()
        if (not points and name != "favourites") or len(points) > 20 or not all(0 <= each <= MOST for each in points)
    }
    if list(chosen.bonus) != sorted(chosen.bonus, reverse=True):
        wrong["bonus"] = "points_rise"
    if wrong:
        raise Invalid(fields=wrong)
    _lay_out(tx, fair_id, now)
    tx.execute(update(t.drafts).where(*_of(fair_id, letter)).values(policy=chosen.stored()))
    journal.append(tx, events.PolicyWeighed(fair_id=fair_id, letter=letter), at=now, by=actor.account_id)


def decide(
    tx: Connection, actor: Actor, *, candidate_id: int, stand_id: int, decision: Decision | None, now: datetime
) -> None:
    """Want two to meet, or not, or (None) leave it to the timetable again; the next solving heeds it.

    Raises NotFound for a pair that is not of one fair, and for who does not organise it.
    """
    fair_id = rows.lock_candidate(tx, candidate_id)
    policy.ensure_organiser(actor, fair_id=fair_id)
    if rows.stand(tx, stand_id).fair_id != fair_id:
        raise NotFound(what="stand")
    pair = (t.decisions.c.candidate_id == candidate_id, t.decisions.c.stand_id == stand_id)
    tx.execute(delete(t.decisions).where(*pair))
    if decision is not None:
        tx.execute(
            insert(t.decisions).values(
                candidate_id=candidate_id, stand_id=stand_id, decision=decision.value, decided_at=now,
                account_id=actor.account_id,
            )
        )  # fmt: skip
    event = events.PairDecided(
        fair_id=fair_id, stand_id=stand_id, candidate_id=candidate_id, decision=decision.value if decision else None
    )
    journal.append(tx, event, at=now, by=actor.account_id)


def _lay_out(tx: Connection, fair_id: int, now: datetime) -> None:
    """The drafts that every fair begins with; two who ask first at the same moment wait for each other."""
    tx.execute(select(t.fairs.c.id).where(t.fairs.c.id == fair_id).with_for_update())
    there = set(tx.execute(select(t.drafts.c.letter).where(t.drafts.c.fair_id == fair_id)).scalars())
    fresh = [
        {"fair_id": fair_id, "letter": letter, "preset": preset.value, "policy": weights.stored(), "step_at": now}
        for letter, (preset, weights) in STANDARD.items()
        if letter not in there
    ]
    if fresh:
        tx.execute(insert(t.drafts), fresh)


def _begin(tx: Connection, fair_id: int, letters: Iterable[str], now: datetime) -> bool:
    here = (t.drafts.c.fair_id == fair_id, t.drafts.c.letter.in_(list(letters)))
    busy = select(t.drafts.c.letter).where(*here, t.drafts.c.step.in_(UNDER_WAY), t.drafts.c.step_at > now - STUCK)
    tx.execute(select(t.drafts.c.letter).where(*here).with_for_update())
    if tx.execute(busy).first() is not None:
        return False
    tx.execute(update(t.drafts).where(*here).values(step="wait", step_at=now, trouble=None))
    return True


def _of(fair_id: int, letter: str) -> tuple[Any, Any]:
    return t.drafts.c.fair_id == fair_id, t.drafts.c.letter == letter
