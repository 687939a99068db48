"""How simulated candidates answer what is asked of them on the day: a gap that is offered, a call before their time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from jobdating.domain.policy import Actor
from jobdating.domain.states import WAITING
from jobdating.services import gaps, promises
from jobdating.simulation.roles import Act

ACCEPTS, DECLINES = 0.55, 0.25  # the rest say nothing
SOONEST, LATEST = 12, 55  # seconds to make up one's mind


def to_offer(offer: Any, actor: Actor, now: datetime) -> Act | None:
    """Yes, no, or nothing, after a moment of thought."""
    random = Random(f"offer:{offer.id}")
    if now - offer.made_at < timedelta(seconds=random.randint(SOONEST, LATEST)):
        return None
    mood = random.random()
    if mood >= ACCEPTS + DECLINES:
        return None
    return Act(gaps.accept if mood < ACCEPTS else gaps.decline, actor, {"offer_id": offer.id})


def to_question(row: Any, actor: Actor, *, agrees: bool, now: datetime) -> Iterator[Act]:
    """Whether they come before their time, when the stand has asked."""
    if row.state not in WAITING or row.early_asked_at is None or row.early_agreed_at or row.early_refused_at:
        return
    if now - row.early_asked_at >= timedelta(seconds=Random(f"early:{row.id}").randint(SOONEST, LATEST)):
        yield Act(promises.come_early if agrees else promises.keep_time, actor, {"booking_id": row.id})
