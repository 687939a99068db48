"""Text made to hurt, typed wherever people type: kept as plain words or refused in words, on both databases. [ASVS 1.2.1]"""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, select

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.services import booking
from tests import factories as make
from tests.site import Site, insert, running_site

MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"
HOSTILE = (
    MARKUP,
    "Inès\u202egpj.exe",  # read backwards from here on
    "I\u200bn\u2060è\ufeffs",
    "Ine\u0300s \u2066\u2069",
    "a\x00b",
    "\x1b[31mrouge\x07",
    "٠" * 60,
    "🧑‍🔧" * 20,
    "x" * 5_000,
)
INVISIBLE = "\u200b\u202e\u2060\u2066\u2069\ufeff\x00\x1b\x07"


@pytest.fixture
async def here(database_url: str, clock: SteppedClock) -> AsyncIterator[Site]:
    async with running_site(database_url, clock) as site:
        yield site


class World:
    def __init__(self, tx: Connection) -> None:
        fair = make.make_fair(tx, slug="juin-2027")
        self.stand = make.make_stand(tx, fair)
        self.ines = make.make_candidate(tx, fair)
        self.booking = booking.book(tx, self.ines, slot_id=make.make_slots(tx, self.stand)[0], now=make.BEFORE).id
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.organiser = make.make_organiser(tx, fair)

    def forms(self, text: str) -> list[tuple[Actor, str, dict[str, str]]]:
        """Every form with free text, filled in with it."""
        person = {"first_name": text, "last_name": text, "phone": "", "language": "fr"}
        fair = "/fairs/juin-2027"
        return [
            (self.ines, "/account", person),
            (self.ines, "/account/tokens", {"name": text}),
            (
                self.ines,
                f"{fair}/profile",
                {"about": text, "trades": "Soudage", "age_band": "18-25", "whole_fair": "1"},
            ),
            (
                self.recruiter,
                f"/bookings/{self.booking}/review",
                {"note": text, "rating": "3", "next_step": "undecided"},
            ),
            (self.recruiter, f"{fair}/cockpit/{self.stand}/message", {"text": text, "step": "send"}),
            (self.organiser, f"{fair}/announcements", {"text": text, "audience": "all", "step": "send"}),
            (self.organiser, f"{fair}/edit/stands/{self.stand}", {"name": text}),
            (self.organiser, f"{fair}/edit/companies/new", {"name": text}),
        ]


async def test_text_made_to_hurt_is_kept_plain_or_refused(here: Site) -> None:
    world: World = await insert(here, World)
    failed = []
    for text in HOSTILE:
        for actor, path, form in world.forms(text):
            async with here.client(actor) as client:
                answer = await client.post(path, data=form)
                if answer.status_code >= 500 or "<script>alert" in answer.text or "<img src=x" in answer.text:
                    failed.append((path, text[:20], answer.status_code))
    assert not failed

    def kept(tx: Connection) -> str:
        tables = (t.accounts, t.candidates, t.bookings, t.announcements, t.api_tokens, t.stands, t.companies)
        return "".join(str(value) for table in tables for row in tx.execute(select(table)) for value in row)

    held = await here.db.read(kept)
    assert not [character for character in INVISIBLE if character in held]
    assert "Inèsgpj.exe" in held


async def test_markup_is_shown_as_words_to_whoever_reads_it(here: Site) -> None:
    world: World = await insert(here, World)
    for actor, path, form in world.forms(MARKUP):
        async with here.client(actor) as client:
            await client.post(path, data=form)
    fair = "/fairs/juin-2027"
    shown = 0
    for actor, path in (
        (world.ines, "/account"),
        (world.ines, f"{fair}/planning"),
        (world.ines, f"{fair}/profile"),
        (world.recruiter, f"{fair}/cockpit/{world.stand}"),
        (world.recruiter, f"{fair}/cockpit/{world.stand}/bookings/{world.booking}"),
        (world.recruiter, f"{fair}/cockpit/{world.stand}/interviews"),
        (world.organiser, f"{fair}/wall"),
        (world.organiser, f"{fair}/candidates"),
        (world.organiser, f"{fair}/attendance"),
        (world.organiser, f"{fair}/announcements"),
    ):
        async with here.client(actor) as client:
            answer = await client.get(path)
        assert answer.status_code == 200, path
        assert "<script>alert" not in answer.text and "<img src=x" not in answer.text, path
        shown += "&lt;script&gt;alert(1)" in answer.text
    assert shown > 5


@pytest.mark.parametrize(
    "path",
    [
        "/fairs/juin-2027/stands?q=%00", "/fairs/juin-2027/stands?trade=%00&level=%00&place=%00&page=%00",
        "/fairs/juin-2027/stands?q=%FF%FE", "/fairs/juin-2027/companies?q=%00", "/fairs/juin-2027/offers?q=%00",
        "/fairs/juin-2027/candidates?q=%00", "/fairs/juin-2027/attendance?day=%00&state=%00", "/fairs/%00", "/%00",
        "/sign-in?back=%00", "/language/%00", "/privacy?fair=%00", "/api/v1/fairs/%00", "/api/v1/fairs?cursor=%00",
        "/fairs/juin-2027/stands/99999999999999999999", "/live/poll?topics=fair:%00", "/account/data.json?x=%00",
    ],
)  # fmt: skip
async def test_addresses_made_to_hurt_are_no_fault_of_ours(here: Site, path: str) -> None:
    world: World = await insert(here, World)
    async with here.client(world.organiser) as client:
        assert (await client.get(path)).status_code < 500


async def test_an_address_of_control_characters_is_none(here: Site) -> None:
    async with here.client() as client:
        for email in ("a\x00b@candidat.example", "a\x1b@candidat.example", "a@candidat.example\x00"):
            assert (await client.post("/sign-in", data={"email": email})).status_code == 422
            wrong = {"email": email, "code": "\x0012345"}
            assert (await client.post("/sign-in/code", data=wrong)).status_code == 422
            assert (await client.post("/sign-in/link", data={"link": email})).status_code == 422


async def test_an_address_holds_no_sign_that_nobody_sees(here: Site) -> None:
    """[1.2.1] Read backwards, or one that looks like another's."""
    async with here.client() as client:
        for sign in INVISIBLE:
            asked = await client.post("/sign-in", data={"email": f"a{sign}b@candidat.example"})
            assert asked.status_code == 422, ascii(sign)
        assert (await client.post("/sign-in", data={"email": "andré@candidat.example"})).status_code == 303
