"""What organisers, candidates on their own pages, and time itself do to a fair."""

from datetime import timedelta

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.domain import events, importing
from jobdating.domain.content import Content, Item, Kind
from jobdating.domain.grid import StandGrid
from jobdating.domain.slots import Span
from jobdating.domain.states import AgeBand, Level
from jobdating.queries import forecast, identity
from jobdating.queries import importing as stored
from jobdating.queries.demo import DemoClock
from jobdating.services import (
    accounts,
    announcements,
    blocking,
    candidate,
    catalogue,
    consent,
    demo,
    documents,
    erasure,
    fair,
    presence,
    sessions,
    sign_in,
    stand_settings,
    timekeeper,
    wishes,
)
from jobdating.services import importing as imports
from tests import factories
from tests.contracts.scenarios_line import call, check_in, finish, offer, start
from tests.contracts.world import LIVE, Scenario, World, steps

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def announce(tx: Connection, w: World) -> None:
    announcements.send(tx, w.organiser, fair_id=w.fair_id, text="La visio est rétablie.", now=w.now)


def announce_to_line(tx: Connection, w: World) -> None:
    announcements.send(
        tx, w.organiser, fair_id=w.fair_id, text="Le stand a dix minutes de retard.", stand_id=w.stand, now=w.now
    )


def change_fair(tx: Connection, w: World) -> None:
    row = tx.execute(select(t.fairs).where(t.fairs.c.id == w.fair_id)).one()
    names = fair.FairSettings.__dataclass_fields__
    values = {name: getattr(row, name) for name in names} | {"name": "Job dating de juin", "lead_minutes": 60}
    settings = fair.FairSettings(**values | {"room_hosts": tuple(row.room_hosts)})
    fair.change(tx, w.organiser, fair_id=w.fair_id, settings=settings, now=w.now)


def rename_stand(tx: Connection, w: World) -> None:
    row = tx.execute(select(t.stands).where(t.stands.c.id == w.stand)).one()
    settings = stand_settings.StandSettings(
        company_id=row.company_id, name="Chaudronnerie de l’Orne", kind=row.kind, capacity=row.capacity,
        site_id=row.site_id, room_provider=row.room_provider, room_url=row.room_url, phone="", asks_confirmation=True,
        takes_walk_ins=False, trades=("Chaudronnerie",), recruiters=(), availability=(),
    )  # fmt: skip
    stand_settings.change(
        tx, w.organiser, fair_id=w.fair_id, stand_id=w.stand, settings=settings, laid=StandGrid(), now=w.now
    )


def close_stand(tx: Connection, w: World) -> None:
    stand_settings.close(tx, w.organiser, fair_id=w.fair_id, stand_id=w.stand, closed=True, now=w.now)


def rename_company(tx: Connection, w: World) -> None:
    row = tx.execute(
        select(t.companies).join(t.stands, t.stands.c.company_id == t.companies.c.id).where(t.stands.c.id == w.stand)
    ).one()
    values = {name: getattr(row, name) for name in ("postcode", "town", "sector", "headcount", "website", "about")} | {
        "name": "Ateliers du Bocage",
        "town": "Vire",
    }
    catalogue.save(tx, w.organiser, fair_id=w.fair_id, kind=Kind.COMPANY, thing_id=row.id, values=values, now=w.now)


def import_names(tx: Connection, w: World) -> None:
    slug = tx.execute(select(t.fairs.c.slug).where(t.fairs.c.id == w.fair_id)).scalar_one()
    current = stored.current(tx, slug)
    items = tuple(
        Item(Kind.STAND, known.item.key, "Stand", {"name": f"Stand {number} bis"})
        for number, known in enumerate(current.of(Kind.STAND).values())
    )
    plan = importing.plan(Content(slug, items), current, stored.grids(tx, w.fair_id), now=w.now)
    ids = {kind: {key: known.id for key, known in current.of(kind).items()} for kind in Kind}
    imports.apply(tx, w.organiser, plan=plan, ids=ids, now=w.now)


def profile(tx: Connection, w: World) -> None:
    written = candidate.Profile(
        level=Level.BAC_PRO,
        trades=frozenset({"Soudage"}),
        site_id=None,
        age_band=AgeBand.FROM_26.value,
        availability=None,
        phone="+33639985511",
        about="Soudeuse",
    )
    candidate.change(tx, w.candidates[0], candidate_id=w.candidate(0), profile=written, now=w.now)


def correct_name(tx: Connection, w: World) -> None:
    person = accounts.Person("Aïcha", "Benali", "", "fr")
    accounts.change(tx, w.candidates[0], person=person, now=w.now)


def keep_cv(tx: Connection, w: World) -> None:
    documents.keep(
        tx, w.candidates[0], candidate_id=w.candidate(0), document=documents.Document("cv.pdf", PDF), now=w.now
    )


def register(tx: Connection, w: World) -> None:
    account_id = factories.make_account(tx)
    registration = accounts.Registration(
        accounts.Person("Hugo", "Lemoine", "", "fr"), consent.Answer(AgeBand.FROM_18_TO_25, "lu et accepté"),
        "bac pro", frozenset({"Soudage"}),
    )  # fmt: skip
    accounts.register(
        tx, identity.actor(tx, account_id), fair_id=w.fair_id, registration=registration, proof=None,
        device=sign_in.Device("tests", None), key="k" * 40, wall=w.now, now=w.now,
    )  # fmt: skip


def connect(tx: Connection, w: World) -> None:
    presence.record(tx, candidates={w.candidate(0): True, w.candidate(1): True}, stands={}, now=w.now)


def publish(tx: Connection, w: World) -> None:
    now = w.now + timedelta(minutes=25)
    the_fair = identity.fair_by_id(tx, w.fair_id)
    assert the_fair is not None
    timekeeper.publish(tx, w.fair_id, forecast.forecast(tx, the_fair, now=now), now=now)


def sign_out_everywhere(tx: Connection, w: World) -> None:
    account_id = w.recruiter.account_id
    assert account_id is not None
    sessions.open(tx, account_id, now=w.now)
    sessions.close_all(tx, account_id, now=w.now)


SCENARIOS = [
    Scenario("everybody is told something", (events.AnnouncementSent,), announce),
    Scenario("those who wait at a stand are told something", (events.AnnouncementSent,), announce_to_line),
    Scenario("the frame of the fair changes", (events.FairChanged,), change_fair),
    Scenario("a company has another name", (events.FairChanged,), rename_company),
    Scenario("a stand has another name and other rules", (events.StandChanged,), rename_stand),
    Scenario("a stand is closed", (events.StandChanged,), close_stand),
    Scenario("a file is imported", (events.FairImported,), import_names),
    Scenario(
        "the fair is exported",
        (events.FairExported,),
        lambda tx, w: imports.exported(tx, w.organiser, fair_id=w.fair_id, now=w.now),
    ),
    Scenario(
        "an hour is blocked everywhere",
        (events.StandChanged,),
        lambda tx, w: blocking.block(
            tx,
            w.organiser,
            fair_id=w.fair_id,
            stand_id=None,
            span=Span(LIVE + timedelta(hours=1), LIVE + timedelta(hours=2)),
            now=w.now,
        ),
    ),
    Scenario("somebody registers", (events.CandidateRegistered,), register),
    Scenario("a profile changes", (events.ProfileChanged,), profile),
    Scenario("a name changes", (events.ProfileChanged,), correct_name, before=start),
    Scenario("a CV is given", (events.ProfileChanged,), keep_cv, before=call),
    Scenario(
        "a CV is read",
        (events.DocumentRead,),
        lambda tx, w: documents.read(tx, w.recruiter, candidate_id=w.candidate(0), now=w.now),
        before=keep_cv,
    ),
    Scenario(
        "a wish is made",
        (events.WishesRanked,),
        lambda tx, w: wishes.add(tx, w.candidates[0], candidate_id=w.candidate(0), stand_id=w.full, now=w.now),
    ),
    Scenario("candidates connect", (events.CandidatePresenceChanged,), connect, before=check_in),
    Scenario(
        "a candidate loses the connection",
        (events.CandidatePresenceChanged,),
        lambda tx, w: presence.record(tx, candidates={w.candidate(0): False}, stands={}, now=w.now),
        before=steps(check_in, connect),
    ),
    Scenario(
        "a recruiter opens the cockpit",
        (events.StandPresenceChanged,),
        lambda tx, w: presence.record(tx, candidates={}, stands={w.stand: True}, now=w.now),
    ),
    Scenario("expected times move", (events.EstimatesMoved,), publish, before=check_in),
    Scenario(
        "the next day begins",
        (events.DayTurned, events.AttendanceSampled, events.PlacesPassed),
        lambda tx, w: timekeeper.keep(tx, now=w.now + timedelta(days=1)),
        before=finish,
    ),
    Scenario(
        "half an hour passes",
        (events.AttendanceSampled, events.PlacesPassed),
        lambda tx, w: timekeeper.keep(tx, now=w.now + timedelta(minutes=31)),
        before=offer,
    ),
    Scenario(
        "the demo runs faster",
        (events.DemoClockSet,),
        lambda tx, w: demo.tell_clock(tx, DemoClock(60, w.now, w.now), now=w.now),
        before=lambda tx, w: demo.tell_clock(tx, DemoClock(1, w.now, w.now), now=w.now),
    ),
    Scenario(
        "somebody signs in",
        (events.SignedIn,),
        lambda tx, w: sign_in.enter(
            tx, w.candidates[0].account_id or 0, device=sign_in.Device("tests", None), now=w.now
        ),
    ),
    Scenario("somebody signs out everywhere", (events.RightsChanged,), sign_out_everywhere),
    Scenario(
        "somebody erases their account",
        (events.AccountErased, events.BookingCancelled),
        lambda tx, w: erasure.erase(tx, w.candidates[1], now=w.now),
        before=lambda tx, w: check_in(tx, w, 1),
    ),
]
