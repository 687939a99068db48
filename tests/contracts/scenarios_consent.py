"""What people agree to, take back, and see of each other, tried like everything else that happens."""

from datetime import timedelta

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.domain import events
from jobdating.domain.states import AgeBand
from jobdating.services import adult, audit, consent, paper, parent, purge, waitlist
from tests.contracts.world import Scenario, World, steps
from tests.factories import BEFORE

KEY = "k" * 40
MOTHER = "mere@famille.example"


def wait(tx: Connection, w: World) -> None:
    waitlist.join(tx, w.candidates[0], stand_id=w.full, now=BEFORE)


def say_young(tx: Connection, w: World) -> None:
    answer = consent.Answer(AgeBand.UNDER_15, "lu et accepté", MOTHER)
    consent.give(
        tx, w.candidates[0], candidate_id=w.candidate(0), answer=answer, key=KEY, wall=w.now, now=w.now
    )  # fmt: skip


def parent_says(tx: Connection, w: World, *, agreed: bool) -> None:
    nonce = tx.execute(select(t.parents.c.nonce).order_by(t.parents.c.id.desc()).limit(1)).scalar_one()
    browser = parent.open_with_code(tx, parent.code_of(nonce, key=KEY), email=MOTHER, key=KEY, wall=w.now)
    parent.answer(tx, browser or "", agreed=agreed, wording="lu et accepté", wall=w.now, now=w.now)


def agree(tx: Connection, w: World) -> None:
    parent_says(tx, w, agreed=True)


def note_paper(tx: Connection, w: World) -> None:
    paper.record(
        tx, w.organiser, fair_id=w.fair_id, candidate_id=w.candidate(0), signed=paper.Signed(w.now.date()),
        wording="lu et accepté", now=w.now,
    )  # fmt: skip


def drop_paper(tx: Connection, w: World) -> None:
    paper.take_back(tx, w.organiser, fair_id=w.fair_id, candidate_id=w.candidate(0), mistaken=False, now=w.now)


def refuse(tx: Connection, w: World) -> None:
    parent_says(tx, w, agreed=False)


def say_old(tx: Connection, w: World) -> None:
    answer = consent.Answer(AgeBand.FROM_15_TO_17, "lu et accepté")
    consent.give(tx, w.candidates[0], candidate_id=w.candidate(0), answer=answer, key=KEY, wall=w.now, now=w.now)


def take_back(tx: Connection, w: World) -> None:
    consent_id = tx.execute(select(t.consents.c.id)).scalar_one()
    consent.withdraw(tx, w.candidates[0], consent_id=consent_id, now=w.now)


def keep_longer(tx: Connection, w: World) -> None:
    consent.keep(tx, w.candidates[0], fair_id=w.fair_id, months=12, wording="lu et accepté", now=w.now)


def name_adult(tx: Connection, w: World) -> None:
    adult.name(tx, w.candidates[0], candidate_id=w.candidate(0), email="prof@lycee.example", now=w.now)


def forget(tx: Connection, w: World) -> None:
    purge.purge(tx, fair_id=w.fair_id, now=w.now + timedelta(days=120))


def refused_at_the_door(tx: Connection, w: World) -> None:
    mine = t.accounts.c.id == w.recruiter.account_id
    email = tx.execute(select(t.accounts.c.email).where(mine)).scalar_one()
    audit.refused(tx, email=email, reason="code_wrong", now=w.now)


SCENARIOS = [
    Scenario(
        "somebody under 15 says yes, and a parent is asked",
        (events.ParentAsked, events.PermissionChanged),
        say_young,
    ),
    Scenario("somebody corrects their age", (events.ProfileChanged,), say_old),
    Scenario("the parent agrees", (events.PermissionChanged,), agree, before=say_young),
    Scenario(
        "an organiser notes a parent's paper",
        (events.PermissionChanged, events.PaperChanged),
        note_paper,
        before=say_young,
    ),
    Scenario(
        "a parent takes a paper back",
        (events.PermissionChanged, events.BookingCancelled, events.WaitlistLeft, events.PaperChanged),
        drop_paper,
        before=steps(wait, say_young, note_paper),
    ),
    Scenario(
        "the parent refuses",
        (events.PermissionChanged, events.BookingCancelled, events.WaitlistLeft),
        refuse,
        before=steps(wait, say_young),
    ),
    Scenario(
        "a yes is taken back",
        (events.PermissionChanged, events.BookingCancelled, events.WaitlistLeft),
        take_back,
        before=steps(wait, say_old),
    ),
    Scenario("somebody wants to be kept longer", (events.KeepingChanged,), keep_longer),
    Scenario("an adult is named for copies", (events.AdultChanged,), name_adult, before=say_old),
    Scenario(
        "an organiser opens the page of a candidate",
        (events.ProfileRead,),
        lambda tx, w: audit.profile_read(tx, w.organiser, candidate_id=w.candidate(0), stand_id=None, now=w.now),
    ),
    Scenario("somebody is refused at the door", (events.SignInRefused,), refused_at_the_door),
    Scenario(
        "an organiser takes the audit away",
        (events.AuditExported,),
        lambda tx, w: audit.exported(tx, w.organiser, fair_id=w.fair_id, now=w.now),
    ),
    Scenario("the people of the fair are forgotten", (events.PeopleForgotten,), forget),
]
