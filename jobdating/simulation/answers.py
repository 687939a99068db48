"""How simulated candidates answer what is asked of them on the day: a gap that is offered, a call before their time.

Nobody has measured this yet; the shares are our guesses, each with its reason, and stand here to be changed. An answer
depends on who is asked where and on the seed alone: the same person answers alike whatever else a rehearsal tries.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from jobdating.domain.policy import Actor
from jobdating.domain.states import WAITING
from jobdating.services import gaps, promises
from jobdating.simulation.roles import Act


@dataclass(frozen=True)
class Answering:
    """What becomes of a question that is put to somebody who has the page open. Shares are of 1, the rest says nothing."""

    # They are here, of the trade and free just then, and one press from an interview: more take it than not.
    accepts: float = 0.55
    # Who eats, prepares the next interview or does not know the firm says so when a button is at hand.
    declines: float = 0.25
    # A notice is seen, read and weighed: hardly sooner than that. Who takes longer than this has the telephone in a
    # pocket, and mostly misses the end of the offer (refill.ANSWER_WITHIN): they are in the rest.
    soonest: timedelta = timedelta(seconds=12)
    latest: timedelta = timedelta(seconds=55)

    def thinks(self, random: Random) -> timedelta:
        return self.soonest + (self.latest - self.soonest) * random.random()


USUAL = Answering()


def to_offer(offer: Any, actor: Actor, now: datetime, *, seed: int, how: Answering = USUAL) -> Act | None:
    """Yes, no, or nothing, after a moment of thought."""
    random = Random(f"{seed}:offer:{offer.candidate_id}:{offer.stand_id}:{offer.made_at:%j}")
    if now - offer.made_at < how.thinks(random):
        return None
    mood = random.random()
    if mood >= how.accepts + how.declines:
        return None
    return Act(gaps.accept if mood < how.accepts else gaps.decline, actor, {"offer_id": offer.id})


def to_question(
    row: Any, actor: Actor, *, agrees: bool, now: datetime, seed: int, how: Answering = USUAL
) -> Iterator[Act]:
    """Whether they come before their time, when the stand has asked."""
    if row.state not in WAITING or row.early_asked_at is None or row.early_agreed_at or row.early_refused_at:
        return
    random = Random(f"{seed}:early:{row.candidate_id}:{row.stand_id}")
    if now - row.early_asked_at >= how.thinks(random):
        yield Act(promises.come_early if agrees else promises.keep_time, actor, {"booking_id": row.id})
