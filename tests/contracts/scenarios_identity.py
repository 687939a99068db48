"""What happens to who somebody is: a second factor, and who leads a company."""

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.domain import events
from jobdating.services import second_factor, sessions, team
from tests.contracts.world import Scenario, World


def confirm(tx: Connection, w: World) -> None:
    assert w.recruiter.account_id is not None
    secret, _ = sessions.open(tx, w.recruiter.account_id, now=w.now)
    session = sessions.resolve(tx, secret, now=w.now)
    assert session is not None
    second_factor.hold(tx, session, way="app", now=w.now)


def reset(tx: Connection, w: World) -> None:
    team.reset_factor(tx, w.organiser, fair_id=w.fair_id, recruiter_id=_recruiter(tx, w), now=w.now)


def stop_leading(tx: Connection, w: World) -> None:
    team.set_lead(tx, w.organiser, fair_id=w.fair_id, recruiter_id=_recruiter(tx, w), lead=False, now=w.now)


def _recruiter(tx: Connection, w: World) -> int:
    mine = t.recruiters.c.account_id == w.recruiter.account_id
    return int(tx.execute(select(t.recruiters.c.id).where(mine)).scalar_one())


SCENARIOS = [
    Scenario("a recruiter confirms who they are", (events.SecondFactorHeld, events.RightsChanged), confirm),
    Scenario("a recruiter who lost their device begins anew", (events.SecondFactorChanged,), reset),
    Scenario("a recruiter leads the company no longer", (events.LeadChanged, events.RightsChanged), stop_leading),
]
