"""What people agree to, through the web: asked first, a parent under 15, taken back on a page, copied to an adult."""

import re
from html import unescape

import httpx2
import pytest
from sqlalchemy import Connection, select, update

from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.services import adult, booking, parent
from tests import factories as make
from tests.site import SECRET, Site, insert

MOTHER = "mere@famille.example"
FAIR = "/fairs/juin-2027"
UNDER_15 = {"age_band": "under_15", "consent": "yes", "parent_email": MOTHER}


class People:
    """A fair with a stand, somebody whom the centre put on the list, and an organiser."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(
            tx, slug="juin-2027", name="Job dating des métiers", contact_email="contact@centre.example"
        )
        self.stand = make.make_stand(tx, self.fair, name="Soudure du Bocage")
        self.slots = make.make_slots(tx, self.stand)
        self.tom = make.make_candidate(tx, self.fair, permission="asked", age_band="15_17")
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.organiser = make.make_organiser(tx, self.fair)

    @property
    def candidate(self) -> int:
        return self.tom.candidates[self.fair]

    @property
    def book(self) -> str:
        return f"{FAIR}/slots/{self.slots[0]}/book"


@pytest.fixture
async def people(site: Site) -> People:
    found: People = await insert(site, People)
    return found


async def code(site: Site) -> str:
    last = select(t.parents.c.nonce).order_by(t.parents.c.id.desc()).limit(1)
    return parent.code_of(await site.db.read(lambda tx: tx.execute(last).scalar_one()), key=SECRET)


def words(page: httpx2.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).replace("\u00a0", " ").split())


async def test_who_was_put_on_the_list_is_asked_at_the_first_visit_and_then_books(site: Site, people: People) -> None:
    async with site.client(people.tom) as tom:
        asked = (await tom.get(f"{FAIR}/planning")).headers["location"]
        assert asked == f"{FAIR}/welcome?back={FAIR}/planning"
        booked = await tom.post(people.book)
        assert booked.headers["location"].startswith(f"{FAIR}/welcome?back={FAIR}/stands/{people.stand}")
        page = await tom.get(asked)
        assert "moins de 15 ans" in page.text and re.search(r'value="15_17"[^>]* checked', page.text)
        refused = await tom.post(f"{FAIR}/welcome", data={"age_band": ""})
        assert (
            refused.status_code == 422
            and 'id="age_band-error"' in refused.text
            and 'id="consent-error"' in refused.text
        )
        done = await tom.post(
            f"{FAIR}/welcome", data={"age_band": "15_17", "consent": "yes", "back": f"{FAIR}/planning"}
        )
        assert done.headers["location"] == f"{FAIR}/planning"
        assert (await tom.get(f"{FAIR}/planning")).status_code == 200
        assert "booked=" in (await tom.post(people.book)).headers["location"]


async def test_under_15_the_state_is_shown_and_the_parent_opens_the_door(site: Site, people: People) -> None:
    async with site.client(people.tom) as tom, site.client() as mother, site.client(people.organiser) as organiser:
        assert (await tom.post(f"{FAIR}/welcome", data=UNDER_15)).headers["location"] == f"{FAIR}/welcome?saved=1"
        assert MOTHER in (await tom.get(f"{FAIR}/welcome")).text
        for path in ("planning", "profile", f"stands/{people.stand}"):
            assert "L’accord d’un parent manque encore" in words(await tom.get(f"{FAIR}/{path}"))
        refused = await tom.post(people.book)
        assert refused.status_code == 409 and "doit d’abord donner son accord" in words(
            await tom.get(f"{FAIR}/stands/{people.stand}?slot={people.slots[0]}")
        )
        found = await organiser.get(f"{FAIR}/candidates?state=consent")
        assert "attend l’accord d’un parent" in words(found)
        assert "attend l’accord d’un parent" in words(await organiser.get(f"{FAIR}/candidates/{people.candidate}"))

        assert (await mother.get("/parent/answer")).headers["location"] == "/parent"
        opened = await mother.post("/parent", data={"email": MOTHER, "code": await code(site)})
        assert opened.headers["location"] == "/parent/answer"
        read = words(await mother.get("/parent/answer"))
        assert "J’accepte que mon enfant participe" in read and "19 septembre 2027" in read
        assert (await mother.post("/parent/answer", data={"answer": "yes"})).headers[
            "location"
        ] == "/parent/done?answer=yes"
        assert (await mother.get("/parent/answer")).headers["location"] == "/parent"
        assert "booked=" in (await tom.post(people.book)).headers["location"]
        assert "L’accord d’un parent" in words(await tom.get("/account/consents"))


async def test_a_scanner_that_opens_and_submits_everything_answers_nothing(site: Site, people: People) -> None:
    async with site.client(people.tom) as tom, site.client() as scanner:
        await tom.post(f"{FAIR}/welcome", data=UNDER_15)
        await scanner.head("/parent")
        await scanner.get("/parent")
        for data in ({}, {"email": MOTHER}, {"email": MOTHER, "code": ""}):
            assert (await scanner.post("/parent", data=data)).status_code == 422
        await scanner.post("/parent/answer", data={"answer": "yes"})
    held = await site.db.read(lambda tx: tx.execute(select(t.parents.c.opened_at, t.candidates.c.permission)
        .join(t.candidates)).one())  # fmt: skip
    assert tuple(held) == (None, "parent_asked")
    async with site.client() as mother:
        assert (await mother.post("/parent", data={"email": MOTHER, "code": await code(site)})).status_code == 303


async def test_nobody_learns_which_parent_was_asked(site: Site, people: People) -> None:
    async with site.client(people.tom) as tom, site.client() as stranger:
        await tom.post(f"{FAIR}/welcome", data=UNDER_15)
        answers = [await stranger.post("/parent/again", data={"email": each}) for each in (MOTHER, "x@y.example", "?")]
    assert {(each.status_code, each.headers["location"], each.text) for each in answers} == {
        (303, "/parent?sent=1", "")
    }


async def test_withdrawing_says_what_it_means_gives_places_back_and_can_be_taken_back(
    site: Site, people: People
) -> None:
    async with site.client(people.tom) as tom:
        await tom.post(f"{FAIR}/welcome", data={"age_band": "15_17", "consent": "yes"})
        await tom.post(people.book)
        page = await tom.get("/account/consents")
        assert "Ton rendez-vous à venir est annulé" in words(page)
        (withdraw,) = re.findall(r'action="(/account/consents/\d+/withdraw)"', page.text)
        assert (await tom.post(withdraw)).status_code == 303
        assert (await tom.post(withdraw)).status_code == 303  # twice is once
        assert "retiré le" in words(await tom.get("/account/consents"))
        assert (await tom.post(people.book)).status_code == 409
        await tom.post(f"{FAIR}/welcome", data={"age_band": "15_17", "consent": "yes"})
        assert "booked=" in (await tom.post(people.book)).headers["location"]
    states = await site.db.read(
        lambda tx: list(tx.execute(select(t.bookings.c.state).order_by(t.bookings.c.id)).scalars())
    )
    assert states == ["cancelled", "booked"]


async def test_a_consent_of_somebody_else_is_not_there(site: Site, people: People) -> None:
    async with site.client(people.tom) as tom, site.client(people.recruiter) as other:
        await tom.post(f"{FAIR}/welcome", data={"age_band": "15_17", "consent": "yes"})
        consent_id = await site.db.read(lambda tx: tx.execute(select(t.consents.c.id)).scalar_one())
        assert (await other.post(f"/account/consents/{consent_id}/withdraw")).status_code == 404


async def test_being_kept_longer_is_chosen_shown_and_taken_back(site: Site, people: People) -> None:
    async with site.client(people.tom) as tom:
        await tom.post(f"{FAIR}/welcome", data={"age_band": "15_17", "consent": "yes"})
        assert "effacé le dimanche 19 septembre 2027" in words(await tom.get("/account/consents"))
        wrong = await tom.post("/account/consents/keep", data={"fair_id": people.fair, "months": 36})
        assert wrong.status_code == 422
        await tom.post("/account/consents/keep", data={"fair_id": people.fair, "months": 24})
        page = await tom.get("/account/consents?saved=kept")
        assert "gardées jusqu’au mardi 19 juin 2029" in words(page)
        keeping = re.findall(r'action="(/account/consents/\d+/withdraw)"', page.text)[0]
        await tom.post(keeping)
        assert "effacé le dimanche 19 septembre 2027" in words(await tom.get("/account/consents"))


async def test_a_minor_names_an_adult_who_stops_the_copies_by_one_link(site: Site, people: People) -> None:
    async with site.client(people.tom) as tom, site.client() as teacher:
        await tom.post(f"{FAIR}/welcome", data={"age_band": "15_17", "consent": "yes"})
        wrong = await tom.post(f"{FAIR}/profile/adult", data={"adult_email": "prof"})
        assert wrong.status_code == 422 and 'id="adult_email-error"' in wrong.text and 'value="prof"' in wrong.text
        await tom.post(f"{FAIR}/profile/adult", data={"adult_email": "Prof@lycee.example"})
        assert "reçoit les copies" in words(await tom.get(f"{FAIR}/profile"))
        row = await site.db.read(lambda tx: tx.execute(select(t.adults.c.id, t.adults.c.nonce)).one())
        link = f"/copies/{row.id}/{adult.link_of(row.nonce, key=SECRET)}"
        assert "Inès participe" in words(await teacher.get(link))
        assert (await teacher.get(f"/copies/{row.id}/{'0' * 40}")).status_code == 404
        assert (await teacher.get(f"/copies/{row.id + 1}/{link[-40:]}")).status_code == 404
        await teacher.get(link)
        assert "reçoit les copies" in words(await tom.get(f"{FAIR}/profile"))  # opening it changed nothing
        await teacher.post(link, data={"copies": "stop"})
        assert "a arrêté les copies" in words(await tom.get(f"{FAIR}/profile"))
        await teacher.post(link, data={"copies": "resume"})
        assert "reçoit les copies" in words(await tom.get(f"{FAIR}/profile"))
        await tom.post(f"{FAIR}/profile/adult", data={"adult_email": ""})
        assert (await teacher.get(link)).status_code == 404


async def test_an_adult_of_age_names_nobody(site: Site, people: People) -> None:
    async with site.client(people.tom) as tom:
        await tom.post(f"{FAIR}/welcome", data={"age_band": "18_25", "consent": "yes"})
        assert "Un adulte reçoit copie" not in (await tom.get(f"{FAIR}/profile")).text
        assert (await tom.post(f"{FAIR}/profile/adult", data={"adult_email": "a@b.example"})).status_code == 403


async def test_own_data_are_readable_and_say_who_saw_them(site: Site, people: People) -> None:
    """The page beside the file; the CV, the profile, the notes and files each leave a line."""

    def give(tx: Connection, actor: Actor) -> int:
        made = booking.book(tx, actor, slot_id=people.slots[0], now=make.BEFORE)
        tx.execute(update(t.bookings).where(t.bookings.c.id == made.id).values(note="Bonne lecture de plan", rating=4))
        return made.id

    made = await site.db.write(give, people.tom)
    async with site.client(people.tom) as tom, site.client(people.recruiter) as recruiter:
        await tom.post(f"{FAIR}/welcome", data={"age_band": "15_17", "consent": "yes"})
        pdf = b"%PDF-1.7\n1 0 obj\n%%EOF\n"
        await tom.post(f"{FAIR}/profile/cv", files={"cv": ("cv.pdf", pdf, "application/pdf")})
        seen = [f"{FAIR}/candidates/{people.candidate}/cv", f"{FAIR}/cockpit/{people.stand}/bookings/{made}"]
        seen += [seen[1], f"{FAIR}/cockpit/{people.stand}/interviews.csv"]
        assert [(await recruiter.get(path)).status_code for path in seen] == [200] * 4
        async with site.client(people.organiser) as organiser:
            for path in (f"candidates/{people.candidate}", f"cockpit/{people.stand}", "interviews.csv"):
                assert (await organiser.get(f"{FAIR}/{path}")).status_code == 200
        page = words(await tom.get("/account/data"))
        assert "Bonne lecture de plan" in page and "4 sur 5" in page and "cv.pdf" in page
        held = (await tom.get("/account/data.json")).json()
    assert sorted((each["stand"], each["what"]) for each in held["seen_by"]) == [
        ("", "file"), ("", "profile"), ("Soudure du Bocage", "cv"), ("Soudure du Bocage", "file"),
        ("Soudure du Bocage", "notes"), ("Soudure du Bocage", "profile"),
    ]  # fmt: skip
    assert held["consents"][0]["kind"] == "taking_part"
    assert "le CV" in page and "les notes du stand" in page
