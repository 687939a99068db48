"""A form that is sent when its session has ended, or another has begun: what was typed is there to be sent again."""

from collections.abc import Iterator
from html.parser import HTMLParser

import httpx2
import pytest
from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from tests import factories as make
from tests.site import Site

PROFILE = "/fairs/juin-2027/profile"
ABOUT = "\nUn stage chez un chaudronnier,\ntrois semaines. </textarea><b>&amp; « la suite »"
TYPED = {
    "whole_fair": "yes",
    "level": "CAP",
    "age_band": "15_17",
    "trades": ["Soudage", "Usinage"],
    "phone": "06 39 98 01 02",
    "about": ABOUT,
}


class Kept(HTMLParser):
    """The form of a page that keeps something: where it goes, and its fields as a browser would send them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.address: str | None = None
        self.fields: list[tuple[str, str]] = []
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form" and "door-form" in (told.get("class") or ""):
            self.address, self._inside = told.get("action"), True
        elif self._inside and tag == "input":
            self.fields.append((told["name"] or "", told.get("value") or ""))
        elif self._inside and tag == "textarea":
            self.fields.append((told["name"] or "", ""))

    def handle_data(self, data: str) -> None:
        if self._inside and self.lasttag == "textarea" and self.fields:
            name, value = self.fields[-1]
            self.fields[-1] = (name, value + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            name, value = self.fields[-1]
            self.fields[-1] = (name, value.removeprefix("\n"))
            self.lasttag = ""
        elif tag == "form":
            self._inside = False

    def sent(self) -> dict[str, list[str]]:
        names = {name for name, _ in self.fields}
        return {name: [value for each, value in self.fields if each == name] for name in names}


@pytest.fixture
async def ines(site: Site) -> Actor:
    def scene(tx: Connection) -> Actor:
        fair = make.make_fair(tx, slug="juin-2027")
        make.make_stand(tx, fair, trades=["Soudage"])
        make.make_stand(tx, fair, trades=["Usinage"])
        return make.make_candidate(tx, fair)

    return await site.db.write(scene)


def about(tx: Connection) -> Iterator[str]:
    return iter(tx.execute(select(t.candidates.c.about)).scalars().all())


async def send(client: httpx2.AsyncClient, site: Site, path: str, data: dict[str, object]) -> httpx2.Response:
    """As a browser sends a form of ours."""
    headers = {"origin": site.url, "referer": f"{site.url}{PROFILE}?saved=cv"}
    return await client.post(path, data=data, headers=headers)


async def test_what_was_typed_outlives_the_session_and_is_sent_after_signing_in(site: Site, ines: Actor) -> None:
    async with site.client() as phone:
        away = await send(phone, site, PROFILE, {**TYPED, "csrf": "of a session that is over"})
        assert away.status_code == 401
        assert f'href="/sign-in?back={PROFILE}%3Fsaved%3Dcv" target="_blank"' in away.text
        phone.cookies.update(await site.sign_in(ines))  # in another tab
        kept = Kept(away.text)
        assert kept.address == PROFILE
        asked = await send(phone, site, PROFILE, dict(kept.sent()))
        assert asked.status_code == 403  # nothing is taken in somebody's name before they see whose it is
        assert list(await site.db.read(about)) == [""]
        again = Kept(asked.text)
        done = await send(phone, site, PROFILE, dict(again.sent()))
    assert done.status_code == 303
    assert list(await site.db.read(about)) == [ABOUT.strip()]


async def test_a_page_of_an_earlier_session_is_sent_again_with_one_press(site: Site, ines: Actor) -> None:
    async with site.client(ines) as phone:
        del phone.headers["x-csrf-token"]
        asked = await send(phone, site, PROFILE, {**TYPED, "csrf": "of an earlier session"})
        assert "/sign-in" not in asked.text.partition("<main")[2].partition("</main>")[0]
        done = await send(phone, site, PROFILE, dict(Kept(asked.text).sent()))
    assert done.status_code == 303


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
async def test_words_of_another_site_never_stand_in_a_form_of_ours(site: Site, ines: Actor, origin: str | None) -> None:
    async with site.client(ines) as browser:
        del browser.headers["x-csrf-token"]
        headers = {} if origin is None else {"origin": origin}
        answer = await browser.post(PROFILE, data={"about": "evil words"}, headers=headers)
    assert answer.status_code == 403
    assert "evil words" not in answer.text


async def test_a_press_without_words_is_refused_plainly(site: Site, ines: Actor) -> None:
    async with site.client() as phone:
        answer = await send(phone, site, "/bookings/1/cancel", {"csrf": "old", "back": PROFILE})
    assert answer.status_code == 401
    assert Kept(answer.text).address is None
