"""The recruiter's pages: who may open them, what they say in each state, and the forms of the stand itself."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select, update

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.domain import errors
from jobdating.domain.policy import Actor
from jobdating.domain.states import NextStep
from jobdating.queries import cockpit
from jobdating.rendering import fragments
from jobdating.rendering.environment import render_fragment
from jobdating.services import announcements, booking, promises, queue, review
from jobdating.services import stand as stands
from tests import factories as make
from tests.eventually import eventually
from tests.site import Site

MINUTE = timedelta(minutes=1)
DAY = date(2027, 6, 17)
NOW = make.MORNING


class World:
    """A stand with three booked candidates, a colleague's stand, and another firm."""

    def __init__(self, tx: Connection, **stand: Any) -> None:
        self.fair = make.make_fair(tx, slug="juin-2027", live_day=DAY)
        company = make.make_company(tx, self.fair)
        self.stand = make.make_stand(tx, self.fair, company_id=company, name="Chaudronnerie de l’Orne", **stand)
        self.colleague = make.make_stand(tx, self.fair, company_id=company, name="Stand de Karim")
        self.other = make.make_stand(tx, self.fair, name="Usinage du Perche")
        self.slots = make.make_slots(tx, self.stand, count=6)
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.stranger = make.make_recruiter(tx, self.other)
        self.organiser = make.make_organiser(tx, self.fair)
        self.people = [self.person(tx, name) for name in ("Inès", "Hugo", "Chloé", "Nathan")]
        self.bookings = [
            booking.book(tx, person, slot_id=slot, now=make.BEFORE).id
            for person, slot in zip(self.people[:3], self.slots, strict=False)
        ]
        foreign = make.make_fair(tx, slug="autre")
        self.foreign_stand = make.make_stand(tx, foreign)
        self.foreign_organiser = make.make_organiser(tx, foreign)
        self.path = f"/fairs/juin-2027/cockpit/{self.stand}"

    def person(self, tx: Connection, first_name: str, **values: Any) -> Actor:
        actor = make.make_candidate(tx, self.fair, level="CAP", age_band="15_17", **values)
        names = {"first_name": first_name, "last_name": "Besnard", "phone": "06 39 98 20 00"}
        tx.execute(update(t.accounts).where(t.accounts.c.id == actor.account_id).values(**names))
        return actor


@pytest.fixture
async def world(site: Site, clock: SteppedClock) -> World:
    clock.moment = NOW
    return await site.db.write(lambda tx: World(tx))


async def page(site: Site, actor: Actor | None, path: str) -> str:
    async with site.client(actor) as client:
        answer = await client.get(path)
        assert answer.status_code == 200
        return answer.text


async def status(site: Site, actor: Actor | None, path: str, method: str = "GET") -> int:
    async with site.client(actor) as client:
        return (await client.request(method, path)).status_code


PAGES = ("", "/invite", "/message", "/interviews", "/interviews.csv", "/interviews.xlsx", "/bookings/{booking}")
FORMS = ("/away", "/back", "/invite", "/message", "/slots/{slot}/block", "/slots/{slot}/reopen")


@pytest.mark.parametrize("rest", PAGES)
async def test_the_pages_of_a_stand_are_for_its_staff(site: Site, world: World, rest: str) -> None:
    path = world.path + rest.format(booking=world.bookings[0])
    assert await status(site, world.recruiter, path) == 200
    assert await status(site, world.organiser, path) == 200
    for stranger in (world.stranger, world.people[0], world.foreign_organiser):
        assert await status(site, stranger, path) == 404
    assert await status(site, None, path) == 303


@pytest.mark.parametrize("rest", FORMS)
async def test_the_forms_of_a_stand_are_for_its_staff(site: Site, world: World, rest: str) -> None:
    path = world.path + rest.format(slot=world.slots[5])
    assert await status(site, world.recruiter, path, "POST") in {303, 422}
    for stranger in (world.stranger, world.people[0], world.foreign_organiser):
        assert await status(site, stranger, path, "POST") == 404
    assert await status(site, None, path, "POST") == 401


async def test_a_stand_of_another_fair_or_none_is_not_found_under_this_one(site: Site, world: World) -> None:
    for stand in (world.foreign_stand, 10**6, 2**40):
        assert await status(site, world.organiser, f"/fairs/juin-2027/cockpit/{stand}") == 404
    slot = f"{world.path}/slots/{2**40}/block"
    assert await status(site, world.recruiter, slot, "POST") == 404


async def test_one_stand_opens_at_once_and_several_are_told_apart(site: Site, world: World) -> None:
    async with site.client(world.recruiter) as client:
        answer = await client.get("/fairs/juin-2027/cockpit")
        assert (answer.status_code, answer.headers["location"]) == (303, world.path)
    listed = await page(site, world.organiser, "/fairs/juin-2027/cockpit")
    assert all(name in listed for name in ("Chaudronnerie de l’Orne", "Stand de Karim", "Usinage du Perche"))
    assert await status(site, world.people[0], "/fairs/juin-2027/cockpit") == 404


async def test_the_main_button_is_the_next_sensible_act(site: Site, world: World) -> None:
    first, second = world.bookings[:2]
    recruiter = world.recruiter

    async def main() -> str:
        html = await page(site, recruiter, world.path)
        assert html.count('data-shortcut="main"') == html.count('id="main-act"') == 1
        button = html[html.rindex("<button", 0, html.index('id="main-act"')) :]
        return button[button.index("formaction=") + 12 : button.index('" id=')]

    assert await main() == f"/bookings/{first}/call"
    assert "button--primary" not in await page(site, recruiter, world.path)  # nobody is here: nothing presses
    await site.db.write(queue.check_in, world.people[1], booking_id=second, now=NOW)
    assert "button--primary" in await page(site, recruiter, world.path)
    assert await main() == f"/bookings/{second}/ask-early"  # who is here goes before who is not, if they agree
    await site.db.write(promises.come_early, world.people[1], booking_id=second, now=NOW)
    assert await main() == f"/bookings/{second}/call"
    await site.db.write(queue.check_in, world.people[0], booking_id=first, now=NOW)
    assert await main() == f"/bookings/{first}/call"
    await site.db.write(queue.call, recruiter, booking_id=first, now=NOW)
    assert await main() == f"/bookings/{first}/start"
    await site.db.write(queue.start, recruiter, booking_id=first, now=NOW)
    assert await main() == f"/bookings/{first}/finish"
    await site.db.write(queue.finish, recruiter, booking_id=first, now=NOW)
    assert await main() == f"/bookings/{second}/call"
    await site.db.write(stands.away, recruiter, stand_id=world.stand, now=NOW)
    assert await main() == f"{world.path}/back"


async def test_presence_is_told_as_it_is(site: Site, world: World) -> None:
    first, second, third = world.bookings

    def mark(tx: Connection) -> None:
        c = t.candidates.c
        tx.execute(
            update(t.candidates).where(c.id == world.people[1].candidates[world.fair]).values(connected_since=NOW)
        )
        tx.execute(update(t.candidates).where(c.id == world.people[2].candidates[world.fair]).values(seen_at=NOW))

    html = await page(site, world.recruiter, world.path)
    assert html.count("pas encore là") >= 3
    await site.db.write(mark)
    await site.db.write(queue.check_in, world.people[2], booking_id=third, now=NOW)
    await site.db.write(queue.step_aside, world.people[0], booking_id=first, now=NOW)
    html = await page(site, world.recruiter, world.path)
    for words in ("demande 2 minutes, à 9:00", "en ligne depuis 9:00", "hors ligne depuis 9:00"):
        assert words in html
    await site.db.write(queue.enter_room, world.people[1], booking_id=second, now=NOW + MINUTE)
    assert "dans la salle depuis 9:01" in await page(site, world.recruiter, world.path)


async def test_someone_with_another_recruiter_keeps_the_place_and_the_next_is_proposed(
    site: Site, world: World
) -> None:
    def call_elsewhere(tx: Connection) -> None:
        slot = make.make_slots(tx, world.other, count=3, start=NOW + 60 * MINUTE)[0]
        there = booking.book(tx, world.people[0], slot_id=slot, now=make.BEFORE).id
        queue.call(tx, world.stranger, booking_id=there, now=NOW)

    await site.db.write(call_elsewhere)
    html = await page(site, world.recruiter, world.path)
    assert "jusqu’à 9:10 environ, et garde la première place" in html
    assert "Appeler Hugo Besnard" in html


async def test_requests_are_accepted_or_declined_from_the_cockpit(site: Site, world: World) -> None:
    def ask(tx: Connection) -> int:
        tx.execute(update(t.stands).where(t.stands.c.id == world.stand).values(asks_confirmation=True))
        return booking.book(tx, world.people[3], slot_id=world.slots[4], now=make.BEFORE).id

    asked = await site.db.write(ask)
    html = await page(site, world.recruiter, world.path)
    assert "1 demande" in html
    assert f'formaction="/bookings/{asked}/confirm"' in html
    profile = await page(site, world.recruiter, f"{world.path}/bookings/{asked}")
    number = "06\u00a039\u00a098\u00a020\u00a000"
    assert number not in profile  # contact once both have said yes
    await site.db.write(booking.confirm, world.recruiter, booking_id=asked, now=NOW)
    assert number in await page(site, world.recruiter, f"{world.path}/bookings/{asked}")


async def test_the_profile_is_for_the_stand_one_booked_with_and_ends_with_the_booking(site: Site, world: World) -> None:
    there = f"/fairs/juin-2027/cockpit/{world.other}/bookings/{world.bookings[0]}"
    assert await status(site, world.stranger, there) == 404
    own = f"{world.path}/bookings/{world.bookings[0]}"
    assert await status(site, world.recruiter, own) == 200
    await site.db.write(booking.cancel, world.people[0], booking_id=world.bookings[0], now=NOW)
    assert await status(site, world.recruiter, own) == 404


async def test_an_invitation_goes_to_who_wished_fits_and_is_free(site: Site, world: World) -> None:
    def people(tx: Connection) -> dict[str, Actor]:
        found = {
            "wished": world.person(tx, "Yanis"),
            "other trade": world.person(tx, "Timéo", trades=("Usinage",)),
            "not free": world.person(
                tx, "Léa", availability=[["2027-06-18T07:00:00+00:00", "2027-06-18T15:00:00+00:00"]]
            ),
            "booked near": world.person(tx, "Sacha"),
        }
        for actor in found.values():
            values = {
                "candidate_id": actor.candidates[world.fair],
                "stand_id": world.stand,
                "rank": 1,
                "eligible": True,
            }
            tx.execute(t.wishes.insert().values(**values))
        near = make.make_slots(tx, world.other, count=1, start=NOW + 65 * MINUTE)[0]
        booking.book(tx, found["booked near"], slot_id=near, now=make.BEFORE)
        return found

    found = await site.db.write(people)
    slot = world.slots[5]
    html = await page(site, world.recruiter, f"{world.path}/invite?slot={slot}")
    assert "Yanis B." in html
    assert [name for name in ("Besnard", "Timéo", "Léa", "Sacha") if name in html] == []
    invitation = {"slot_id": str(slot), "candidate_id": str(found["wished"].candidates[world.fair])}
    async with site.client(world.recruiter) as client:
        answer = await client.post(f"{world.path}/invite", data=invitation)
        assert (answer.status_code, answer.headers["location"]) == (303, world.path)
        again = await client.post(f"{world.path}/invite", data=invitation)
        assert again.status_code == 409
        assert "Ce créneau vient d’être pris. Choisissez-en un autre." in again.text
        assert (await client.post(f"{world.path}/invite", data={"slot_id": "x"})).status_code == 422
    html = await page(site, world.recruiter, world.path)
    assert "Invitations en attente de réponse" in html
    assert "Yanis B." in html


async def test_a_stand_writes_to_those_who_wait_for_it_and_to_nobody_else(site: Site, world: World) -> None:
    assert "Envoyer à 3 personnes" in await page(site, world.recruiter, f"{world.path}/message")
    async with site.client(world.recruiter) as client:
        sent = await client.post(f"{world.path}/message", data={"text": "Je reprends à 10:40."})
        assert (sent.status_code, sent.headers["location"]) == (303, world.path)
        for text, words in ((" ", "Écrivez le message."), ("a" * 1001, "a" * 1001)):
            refused = await client.post(f"{world.path}/message", data={"text": text})
            assert refused.status_code == 422
            assert words in refused.text  # what was typed stays, what is wrong is beside it
            assert 'aria-invalid="true"' in refused.text

    def found(tx: Connection) -> list[Any]:
        return list(tx.execute(select(t.announcements.c.stand_id, t.announcements.c.site_id, t.announcements.c.text)))

    assert await site.db.read(found) == [(world.stand, None, "Je reprends à 10:40.")]
    with pytest.raises(errors.NotFound):  # not even to the whole fair
        await site.db.write(announcements.send, world.recruiter, fair_id=world.fair, text="Tous", now=NOW)


async def test_what_a_stand_wrote_is_listed_finished_first_and_exported_without_formulas(
    site: Site, world: World
) -> None:
    first = world.bookings[0]
    for step in (queue.call, queue.start, queue.finish):
        await site.db.write(step, world.recruiter, booking_id=first, now=NOW)
    html = await page(site, world.recruiter, f"{world.path}/interviews")
    assert "Le candidat attend de savoir" in html
    note = '=HYPERLINK("https://piege.example")'
    await site.db.write(
        review.write, world.recruiter, booking_id=first, note=note, rating=4, next_step=NextStep.OFFER, now=NOW
    )
    assert "Tout est renseigné" in await page(site, world.recruiter, f"{world.path}/interviews")
    async with site.client(world.recruiter) as client:
        sheet = await client.get(f"{world.path}/interviews.csv")
        assert "attachment" in sheet.headers["content-disposition"]
        assert "'=HYPERLINK" in sheet.text
        assert "Proposition" in sheet.text
        assert (await client.get(f"{world.path}/interviews.xlsx")).content[:2] == b"PK"

    def kinds(tx: Connection) -> list[str]:
        return list(tx.execute(select(t.journal.c.kind)).scalars())

    assert (await site.db.read(kinds)).count("InterviewsExported") == 2


async def test_an_organiser_who_sees_notes_is_written_down_and_the_stand_itself_is_not(
    site: Site, world: World
) -> None:
    def readers(tx: Connection) -> list[int]:
        query = select(t.journal.c.account_id).where(t.journal.c.kind == "NotesRead")
        return list(tx.execute(query).scalars())

    pages = ("", "/interviews", f"/bookings/{world.bookings[0]}")
    for rest in pages:
        await page(site, world.recruiter, world.path + rest)
    assert await site.db.read(readers) == []
    for rest in pages:
        await page(site, world.organiser, world.path + rest)
    assert await site.db.read(readers) == [world.organiser.account_id] * 3


async def test_a_double_press_in_two_tabs_is_one_press_and_a_late_one_is_told_politely(
    site: Site, world: World
) -> None:
    first = world.bookings[0]
    async with site.client(world.recruiter) as tab, site.client(world.recruiter) as other:
        for client in (tab, other):
            assert (await client.post(f"/bookings/{first}/call", headers={"x-live": "1"})).status_code == 204
        assert (await tab.post(f"/bookings/{first}/start", headers={"x-live": "1"})).status_code == 204
        assert (await tab.post(f"/bookings/{first}/finish", headers={"x-live": "1"})).status_code == 204
        late = await other.post(f"/bookings/{first}/start", headers={"x-live": "1"})
        assert (late.status_code, late.json()["code"]) == (409, "wrong_state")
        assert "regardez" in late.json()["message"]


async def test_the_board_costs_the_same_with_one_candidate_and_with_many(site: Site, world: World) -> None:
    def statements(tx: Connection) -> int:
        seen: list[str] = []
        event.listen(tx, "before_cursor_execute", lambda *args: seen.append(args[2]))
        assert cockpit.board(tx, world.stand) is not None
        return len(seen)

    def more(tx: Connection) -> None:
        for person, slot in zip([world.person(tx, f"N{n}") for n in range(3)], world.slots[3:], strict=True):
            booking.book(tx, person, slot_id=slot, now=make.BEFORE)

    before = await site.db.read(statements)
    await site.db.write(more)
    assert await site.db.read(statements) == before <= 14


async def test_the_fragments_of_the_page_are_those_of_the_frames(site: Site, world: World) -> None:
    everybody = select(func.count()).select_from(t.estimates)
    # The timekeeper's first round would fall between the page and the fragments.
    await eventually(lambda: site.db.read(lambda tx: tx.execute(everybody).scalar_one() == len(world.bookings)))
    html = await page(site, world.recruiter, world.path)
    for name in ("cockpit-head", "cockpit-now", "cockpit-queue", "cockpit-day"):
        view = await site.db.read(fragments.FRAGMENTS[name].read, world.stand)
        drawn = render_fragment(name, view, "fr", zone="Europe/Paris")
        assert drawn.startswith("<")
        assert f'id="{name}-{world.stand}"' in drawn.split(">")[0]
        assert drawn in html
        assert "csrf" not in drawn


async def test_without_scripts_a_note_that_changed_meanwhile_is_shown_beside_what_was_typed(
    site: Site, world: World
) -> None:
    first = world.bookings[0]
    began = {"rating": "", "next_step": "undecided", "base_rating": "", "base_next_step": "undecided", "base_note": ""}
    other: dict[str, Any] = {"note": "Soigneuse", "rating": None, "next_step": NextStep.UNDECIDED}
    await site.db.write(review.write, world.recruiter, booking_id=first, now=NOW, **other)
    async with site.client(world.recruiter) as client:
        refused = await client.post(f"/bookings/{first}/review", data=began | {"note": "Ponctuelle"})
        assert refused.status_code == 409
        assert "Soigneuse</blockquote>" in refused.text
        assert "Ponctuelle</textarea>" in refused.text
        both = began | {"note": "Ponctuelle", "keep_both": "1"}
        assert (await client.post(f"/bookings/{first}/review", data=both)).status_code == 303

    def note(tx: Connection) -> str:
        return str(tx.execute(select(t.bookings.c.note).where(t.bookings.c.id == first)).scalar_one())

    assert await site.db.read(note) == "Soigneuse\n\nPonctuelle"
