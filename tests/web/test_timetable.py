"""The pages of the timetable: what organisers do there, what candidates and stands see, and who may not look."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest
from icalendar import Calendar
from sqlalchemy import Connection, literal, select, update

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.domain.wishing import Mode
from jobdating.outbox.message import Written
from jobdating.outbox.rows import Row
from jobdating.rendering import mail
from jobdating.services import booking, publishing, timetable, wishing
from jobdating.services.timetable import Solved
from tests import factories as make
from tests.site import Site
from tests.timetabling.fairs import Fair, fair

UNTIL = make.BEFORE + timedelta(days=7)


def by_wishes(tx: Connection, /, **values: Any) -> Fair:
    made = fair(tx, slug="juin-2027", **{"slots": 4, "people": 6, **values})
    wishing.change(tx, made.organiser, fair_id=made.id, mode=Mode.WISHES, until=UNTIL, now=make.BEFORE)
    return made


def given(tx: Connection, made: Fair) -> None:
    """A draft as if it had been solved: the first candidate meets the first stand, the second is denied."""
    timetable.ask(tx, made.organiser, fair_id=made.id, now=make.BEFORE)
    slots = made.slots[made.stands[0]]
    denied = [[made.candidate(1), made.stands[0], "stand_full"]]
    solved = Solved({}, [[made.candidate(0), slots[0], 0]], denied)
    timetable.keep(tx, made.organiser, fair_id=made.id, solved={"B": solved}, now=make.BEFORE)


async def solved(client: httpx2.AsyncClient) -> httpx2.Response:
    """Press the button; the page once it is done."""
    answer = await client.post("/fairs/juin-2027/timetable/solve", follow_redirects=True, timeout=60)
    while "refresh" in answer.headers:
        answer = await client.get("/fairs/juin-2027/timetable")
    return answer


async def test_one_button_gives_drafts_to_compare_and_another_publishes(site: Site) -> None:
    made = await site.db.write(by_wishes)
    async with site.client(made.organiser) as client:
        first = await client.get("/fairs/juin-2027/timetable")
        assert "Pas encore de planning" in first.text
        page = await solved(client)
        assert "Publier le planning B…" in page.text
        assert "ordre d’inscription" in page.text and "premiers vœux d’abord" in page.text
        other = await client.get("/fairs/juin-2027/timetable?draft=C")
        assert "Publier le planning C…" in other.text
        preview = await client.get("/fairs/juin-2027/timetable/publish/C")
        assert "Publier et prévenir tout le monde" in preview.text
        done = await client.post("/fairs/juin-2027/timetable/publish/C", follow_redirects=True)
        assert "entretiens publiés" in done.text
    for path in ("groups", "stands", "pairs", "rules", "mend"):
        async with site.client(made.organiser) as client:
            assert (await client.get(f"/fairs/juin-2027/timetable/{path}")).status_code == 200


async def test_in_english_too(site: Site) -> None:
    made = await site.db.write(by_wishes)
    async with site.client(made.organiser) as client:
        client.headers["accept-language"] = "en"
        page = await solved(client)
    assert "What each gets" in page.text and "Publish timetable B…" in page.text


@pytest.mark.parametrize(
    "path",
    ["", "/groups", "/stands", "/why", "/pairs", "/rules", "/publish/B", "/mend"],
)
async def test_only_organisers_see_the_timetable(site: Site, path: str) -> None:
    made = await site.db.write(by_wishes)
    recruiter: Actor = await site.db.write(lambda tx: make.make_recruiter(tx, made.stands[0]))
    for actor in (made.people[0], recruiter):
        async with site.client(actor) as client:
            assert (await client.get(f"/fairs/juin-2027/timetable{path}")).status_code == 404
    async with site.client() as client:
        assert (await client.get(f"/fairs/juin-2027/timetable{path}")).status_code == 303


async def test_publishing_what_is_no_longer_possible_is_said_and_nothing_is_done(site: Site) -> None:
    def prepare(tx: Connection) -> Fair:
        made = by_wishes(tx)
        given(tx, made)
        slot = made.slots[made.stands[0]][0]
        booking.book(tx, made.organiser, slot_id=slot, candidate_id=made.candidate(3), now=make.BEFORE)
        return made

    made = await site.db.write(prepare)
    figures = await site.db.write(_figures)
    assert figures
    async with site.client(made.organiser) as client:
        answer = await client.post("/fairs/juin-2027/timetable/publish/B")
    assert answer.status_code == 409
    assert "Rien n’a été publié" in answer.text
    assert "pris entre-temps" in answer.text
    assert "Recalculer autour" in answer.text


def _figures(tx: Connection) -> bool:
    """Give the hand-made draft figures to be shown."""
    shown = {
        "people": 6, "silent": 0, "interviews": 1, "at_least": [1, 0, 0], "by_count": [5, 1, 0, 0, 0],
        "by_rank": [1, 0, 0, 0, 5], "spread": 1, "half_days": 1.0, "back_to_back": 0, "gap": 0.0, "denied": {},
        "by_tenth": [], "groups": {name: [] for name in ("trade", "level", "site", "age")}, "stands": [],
        "lanes": False, "score": 1, "bound": 1,
    }  # fmt: skip
    return tx.execute(update(t.drafts).where(t.drafts.c.letter == "B").values(figures=shown)).rowcount == 1


async def test_why_not_somebody_what_it_would_cost_and_deciding_by_hand(site: Site) -> None:
    made = await site.db.write(lambda tx: by_wishes(tx, stands=1, slots=1, people=2))
    async with site.client(made.organiser) as client:
        await solved(client)
        code = await site.db.read(
            lambda tx: tx.execute(select(t.drafts.c.denied).where(t.drafts.c.letter == "B")).scalar_one()
        )
        [[loser, stand, _]] = code
        asked = await client.get("/fairs/juin-2027/timetable/why?who=ines+besnard")
        assert "Lequel" in asked.text
        why = await client.get(f"/fairs/juin-2027/timetable/why?candidate={loser}")
        assert "Toutes les heures du stand où ce candidat est libre sont données à d’autres." in why.text
        cost = await client.get(f"/fairs/juin-2027/timetable/why?candidate={loser}&stand={stand}", timeout=60)
        assert "aux autres" in cost.text and "perdrait" in cost.text
        decided = await client.post(
            "/fairs/juin-2027/timetable/pairs",
            data={"candidate_id": loser, "stand_id": stand, "decision": "pin"},
            follow_redirects=True,
        )
        assert "imposé" in decided.text
        stale = await client.get("/fairs/juin-2027/timetable")
        assert "Recalculez avant de publier" in stale.text
        await solved(client)
        again = await client.get(f"/fairs/juin-2027/timetable/why?candidate={loser}")
        assert "Toutes les heures" not in again.text


async def test_points_are_changed_and_what_is_wrong_is_said_beside_them(site: Site) -> None:
    made = await site.db.write(by_wishes)
    address = "/fairs/juin-2027/timetable/rules"
    async with site.client(made.organiser) as client:
        for wrong, said in (
            ({"bonus": "10, 20"}, "ne peut pas valoir plus"),
            ({"ranks": "beaucoup"}, "Des nombres entiers"),
            ({"bonus": ""}, "Des nombres entiers"),
        ):
            form = {"letter": "B", "bonus": "1000, 200", "ranks": "100", "favourites": ""} | wrong
            answer = await client.post(address, data=form)
            assert (answer.status_code, said in answer.text) == (422, True)
        form = {"letter": "B", "bonus": "500 300 100", "ranks": "10", "favourites": ""}
        saved = await client.post(address, data=form, follow_redirects=True)
        assert 'value="500, 300, 100"' in saved.text
        await client.post(address, data={"letter": "B", "standard": "yes"})
        assert 'value="1000, 200, 50"' in (await client.get(address)).text
        assert (await client.post(address, data=form | {"letter": "A"})).status_code == 404


async def test_the_mode_and_the_deadline_are_settings(site: Site) -> None:
    made = await site.db.write(lambda tx: fair(tx, slug="juin-2027"))
    address = "/fairs/juin-2027/edit/wishes"
    async with site.client(made.organiser) as client:
        bad = await client.post(address, data={"mode": "wishes", "wishes_until": ""})
        assert bad.status_code == 422
        good = await client.post(
            address, data={"mode": "wishes", "wishes_until": "2027-06-10T20:00"}, follow_redirects=True
        )
        assert "C’est enregistré" in good.text and 'value="2027-06-10T20:00"' in good.text


async def test_after_the_deadline_a_candidate_is_told_so(site: Site, clock: SteppedClock) -> None:
    made = await site.db.write(by_wishes)
    async with site.client(made.people[0]) as client:
        before = await client.get("/fairs/juin-2027/wishes")
        assert "À classer avant le" in before.text and "Monter" in before.text
        clock.advance(timedelta(days=8))
        after = await client.get("/fairs/juin-2027/wishes")
        assert "Les vœux sont clos" in after.text and "Monter" not in after.text
        refused = await client.post(f"/fairs/juin-2027/wishes/{made.stands[0]}/remove")
        assert refused.status_code == 409
        assert "Les vœux sont clos" in refused.text


async def test_a_candidate_sees_how_contested_wishes_are_and_why_one_was_not_met(site: Site) -> None:
    def prepare(tx: Connection) -> Fair:
        made = by_wishes(tx)
        given(tx, made)
        return made

    made = await site.db.write(prepare)
    async with site.client(made.people[1]) as client:
        before = await client.get("/fairs/juin-2027/wishes")
        assert "Très demandé" in before.text and "6 vœux" in before.text
        await site.db.write(publishing.publish, made.organiser, fair_id=made.id, letter="B", now=make.BEFORE)
        after = await client.get("/fairs/juin-2027/wishes")
    assert "Toutes ses heures où tu es libre sont prises par d’autres candidats." in after.text
    names = await site.db.read(
        lambda tx: [
            row.last_name
            for row in tx.execute(
                select(t.accounts.c.last_name)
                .join(t.candidates, t.candidates.c.account_id == t.accounts.c.id)
                .where(t.candidates.c.id != made.candidate(1))
            )
        ]
    )
    assert not [name for name in names if name in after.text]


async def test_before_the_timetable_the_page_of_a_stand_sends_to_the_wishes(site: Site) -> None:
    made = await site.db.write(by_wishes)
    stand = made.stands[0]
    async with site.client(made.people[0]) as client:
        page = await client.get(f"/fairs/juin-2027/stands/{stand}")
        assert "Les places viennent des vœux" in page.text
        answer = await client.post(f"/fairs/juin-2027/slots/{made.slots[stand][0]}/book")
        assert answer.status_code == 409
        assert "les places viennent de tes vœux" in answer.text


async def test_a_recruiter_says_whom_to_see_and_candidates_do_not_read_it(site: Site) -> None:
    made = await site.db.write(by_wishes)
    stand = made.stands[0]
    recruiter: Actor = await site.db.write(lambda tx: make.make_recruiter(tx, stand))
    address = f"/fairs/juin-2027/cockpit/{stand}/wishes"
    async with site.client(recruiter) as client:
        page = await client.get(address)
        assert "6 candidats ont votre stand dans leurs vœux" in page.text
        form = {"candidate_id": made.candidate(2), "opinion": "like"}
        assert "favori n° 1" in (await client.post(address, data=form, follow_redirects=True)).text
        form["opinion"] = "refuse"
        assert "Ne plus écarter" in (await client.post(address, data=form, follow_redirects=True)).text
        assert (await client.post(address, data={"candidate_id": 999_999, "opinion": "like"})).status_code == 404
        assert (await client.get(f"/fairs/juin-2027/cockpit/{made.stands[1]}/wishes")).status_code == 404


async def test_who_has_not_ranked_is_counted_and_reminded(site: Site) -> None:
    def prepare(tx: Connection) -> Fair:
        made = by_wishes(tx)
        make.make_candidate(tx, made.id)
        return made

    made = await site.db.write(prepare)
    async with site.client(made.organiser) as client:
        page = await client.get("/fairs/juin-2027/timetable")
        assert "1 pas encore" in page.text
        done = await client.post("/fairs/juin-2027/timetable/remind", follow_redirects=True)
        assert "1 mail envoyé" in done.text and "Dernière relance" in done.text


async def test_candidates_are_invited_to_wish_for_a_stand_that_few_want(site: Site) -> None:
    def prepare(tx: Connection) -> tuple[Fair, int, int]:
        made = by_wishes(tx)
        quiet = make.make_stand(tx, made.id, name="Forges du Perche")
        make.make_slots(tx, quiet, count=8)
        return made, quiet, made.candidate(0)

    made, quiet, candidate = await site.db.write(prepare)
    async with site.client(made.organiser) as client:
        page = await client.get("/fairs/juin-2027/timetable/stands")
        assert "Forges du Perche" in page.text and "trop peu de demandes" in page.text
        form = {"stand_id": quiet, "candidate": [candidate, made.candidate(1)]}
        done = await client.post("/fairs/juin-2027/timetable/stands", data=form, follow_redirects=True)
        assert "2 candidats sont invités" in done.text and "déjà invité" in done.text


def frame(clock: SteppedClock) -> mail.Frame:
    return mail.Frame("https://jobdating.example", "jobdating.example", "a@jobdating.example", "x" * 40, clock)


async def written(site: Site, clock: SteppedClock, kind: str) -> list[tuple[str, Written | None]]:
    """The mails of a kind, as they would leave now."""

    def read(tx: Connection) -> list[tuple[str, Written | None]]:
        columns = [t.outbox.c[name] for name in Row.__dataclass_fields__]
        rows = [Row(**row._asdict()) for row in tx.execute(select(*columns).where(t.outbox.c.kind == kind))]
        return [(row.recipient, mail.compose(tx, row, frame=frame(clock))) for row in rows]

    return await site.db.read(read)


async def test_everybody_is_mailed_their_planning_with_a_calendar(site: Site, clock: SteppedClock) -> None:
    def prepare(tx: Connection) -> Fair:
        made = by_wishes(tx)
        make.make_recruiter(tx, made.stands[0])
        given(tx, made)
        publishing.publish(tx, made.organiser, fair_id=made.id, letter="B", now=make.BEFORE)
        return made

    made = await site.db.write(prepare)
    mails = [said for _, said in await written(site, clock, "timetable")]
    assert len(mails) == 6
    with_plan = [said for said in mails if said and said.calendar]
    assert len(with_plan) == 1
    assert with_plan[0] and with_plan[0].calendar
    events = list(Calendar.from_ical(with_plan[0].calendar.content).walk("VEVENT"))
    assert len(events) == 1
    assert "9:00" in with_plan[0].text
    assert "aucun de tes vœux n’a pu être tenu" in next(said.text for said in mails if said and not said.calendar)
    [(_, stand)] = await written(site, clock, "stand_timetable")
    assert stand and stand.calendar and "Inès B." in stand.text
    assert "Besnard" not in stand.text
    assert made.id


async def test_a_reminder_to_rank_is_not_sent_to_who_ranked_meanwhile(site: Site, clock: SteppedClock) -> None:
    def prepare(tx: Connection) -> Fair:
        made = by_wishes(tx)
        make.make_candidate(tx, made.id)
        wishing.remind(tx, made.organiser, fair_id=made.id, now=make.BEFORE)
        return made

    made = await site.db.write(prepare)
    [(_, said)] = await written(site, clock, "wishes")
    assert said and "/fairs/juin-2027/wishes" in said.text
    await site.db.write(
        lambda tx: tx.execute(
            t.wishes.insert().from_select(
                ["candidate_id", "stand_id", "rank", "eligible"],
                select(t.candidates.c.id, literal(made.stands[0]), literal(1), literal(True)).where(
                    ~select(t.wishes.c.rank).where(t.wishes.c.candidate_id == t.candidates.c.id).exists()
                ),
            )
        )
    )
    assert await written(site, clock, "wishes") == [
        (said_to, None) for said_to, _ in await written(site, clock, "wishes")
    ]
