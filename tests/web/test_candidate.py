"""Profile, CV, wishes and planning through the web: typed values stay, files are only saved, foreign answers as missing."""

from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import Connection

from jobdating.clock import SteppedClock
from jobdating.domain.policy import Actor
from jobdating.services import booking
from tests import factories as make
from tests.site import Site, insert

PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"
FAIR = "/fairs/juin-2027"


@pytest.fixture
async def people(site: Site) -> tuple[Actor, Actor, Actor]:
    """A candidate with an interview, its recruiter, and a stranger to it."""

    def build(tx: Connection) -> tuple[Actor, Actor, Actor]:
        fair = make.make_fair(tx, slug="juin-2027")
        stand = make.make_stand(tx, fair, name="Soudure du Bocage")
        ines = make.make_candidate(tx, fair)
        booking.book(tx, ines, slot_id=make.make_slots(tx, stand)[2], now=make.BEFORE)
        return ines, make.make_recruiter(tx, stand), make.make_candidate(tx, fair)

    found: tuple[Actor, Actor, Actor] = await insert(site, build)
    return found


async def test_a_wrong_profile_keeps_what_was_typed(site: Site, people: tuple[Actor, Actor, Actor]) -> None:
    async with site.client(people[0]) as ines:
        answer = await ines.post(f"{FAIR}/profile", data={"phone": "douze", "about": "<b>" + "x" * 5_000})
    assert answer.status_code == 422
    assert 'value="douze"' in answer.text
    assert "&lt;b&gt;xxx" in answer.text
    assert {f'id="{name}-error"' in answer.text for name in ("phone", "about", "trades", "age_band")} == {True}


async def test_a_cv_is_a_file_to_save_and_its_readers_are_named(site: Site, people: tuple[Actor, Actor, Actor]) -> None:
    ines, recruiter, stranger = people
    candidate_id = next(iter(ines.candidates.values()))
    path = f"{FAIR}/candidates/{candidate_id}/cv"
    async with site.client(ines) as client:
        answer = await client.post(f"{FAIR}/profile/cv", files={"cv": ("mon CV.pdf", PDF, "text/html")})
        assert answer.status_code == 303
    async with site.client(recruiter) as client:
        answer = await client.get(path)
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["content-security-policy"]
    async with site.client(stranger) as client:
        assert (await client.get(path)).status_code == 404
        assert (await client.get(f"{FAIR}/candidates/99999/cv")).status_code == 404
    async with site.client(ines) as client:
        assert "Soudure du Bocage" in (await client.get(f"{FAIR}/profile")).text
        assert (await client.post(f"{FAIR}/profile/cv/delete")).status_code == 303
        assert (await client.get(path)).status_code == 404


async def test_what_is_no_pdf_or_too_large_is_refused(site: Site, people: tuple[Actor, Actor, Actor]) -> None:
    async with site.client(people[0]) as ines:
        for content, status in ((b"<html>", 422), (PDF + b"x" * 5_050_000, 422), (PDF + b"x" * 6_000_000, 413)):
            answer = await ines.post(f"{FAIR}/profile/cv", files={"cv": ("cv.pdf", content, "application/pdf")})
            assert answer.status_code == status, len(content)


async def test_the_calendar_has_stable_ids_utc_and_no_room(site: Site, people: tuple[Actor, Actor, Actor]) -> None:
    async with site.client(people[0]) as ines:
        first = (await ines.get(f"{FAIR}/planning.ics")).content
        assert (await ines.get(f"{FAIR}/planning.ics")).content == first
    (event,) = Calendar.from_ical(first).walk("VEVENT")
    assert event.decoded("dtstart") == make.MORNING + timedelta(minutes=30)
    assert str(event["uid"]).startswith("booking-")
    assert b"/go/" not in first


async def test_pages_answer_before_during_and_after_the_fair(
    site: Site, clock: SteppedClock, people: tuple[Actor, Actor, Actor]
) -> None:
    async with site.client(people[0]) as ines:
        for moment in (make.BEFORE, make.MORNING, make.MORNING + timedelta(days=40)):
            clock.moment = moment
            for page in ("planning", "planning/meanwhile", "profile", "wishes"):
                answer = await ines.get(f"{FAIR}/{page}")
                assert answer.status_code == 200
                over = page == "planning" and moment > make.MORNING
                assert ("Ce job dating est terminé" in answer.text) is over
        assert (await ines.get("/device-test?fair=juin-2027")).status_code == 200
    async with site.client(people[1]) as recruiter:
        assert (await recruiter.get(f"{FAIR}/planning")).status_code == 404
