"""Forty ways to be led elsewhere after a form: none leaves the site. [ASVS 3.7.2]"""

from urllib.parse import quote, urlsplit

import pytest
from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.services import sign_in
from jobdating.web import pages
from tests import factories as make
from tests.site import SECRET, Site, insert

EVIL = (
    "https://evil.example", "http://evil.example", "HTTPS://evil.example", "//evil.example", "///evil.example",
    "////evil.example/%2e%2e", "/\\evil.example", "\\/evil.example", "\\\\evil.example", "/\\/evil.example",
    "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "\t//evil.example", " //evil.example", "\n//evil.example",
    "/ /evil.example", "/\x00/evil.example", "\x00//evil.example", "\x01https://evil.example", "javascript:alert(1)",
    "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", " javascript:alert(1)", "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox", "file:///etc/passwd", "blob:https://evil.example", "ftp://evil.example", "mailto:a@evil.example",
    "https:evil.example", "https:/evil.example", "https:///evil.example", "://evil.example", ":evil.example",
    "evil.example", "evil.example/path", "@evil.example", "?back=//evil.example", "#//evil.example", "//evil.example@host",
    "//user@evil.example", "//[::1]", "//127.0.0.1", "/help\r\nLocation: https://evil.example", "/help\r\n\r\n<script>",
    "//evil%E3%80%82example", "/\u2028/evil.example", "\u200b//evil.example", "．//evil.example",
)  # fmt: skip
OURS = (
    "/",
    "/help",
    "/fairs/juin-2027/stands?q=a&page=2",
    "/fairs/juin-2027/stands/3#slot-7",
    "/a//b",
    "/%2Fevil.example",
)


def stays(location: str) -> bool:
    """Whether a browser that follows it, with all it forgives, is still here."""
    forgiven = "".join(c for c in location.strip() if c not in "\t\r\n").replace("\\", "/")
    parts = urlsplit(forgiven)
    return forgiven.startswith("/") and not forgiven.startswith("//") and not parts.netloc and not parts.scheme


@pytest.mark.parametrize("path", OURS)
def test_own_paths_are_kept(path: str) -> None:
    assert pages.own_path(path) == path


async def test_no_form_leads_elsewhere(site: Site) -> None:
    assert len(EVIL) >= 40
    fair = await insert(site, make.make_fair, slug="juin-2027")
    ines = await insert(site, make.make_candidate, fair)
    stand = await insert(site, make.make_stand, fair)
    led = []
    async with site.client(ines) as client, site.client() as nobody:
        for evil in EVIL:
            answers = [
                await client.post(f"/fairs/juin-2027/wishes/{stand}/add", data={"back": evil}),
                await client.post("/account/sessions/close-others", data={"back": evil}),
                await client.get(f"/fairs/juin-2027/register?back={quote(evil)}"),
                await nobody.get(f"/language/en?back={quote(evil)}"),
            ]
            for answer in answers:
                assert answer.status_code == 303
                if not stays(answer.headers["location"]):
                    led.append((evil, answer.headers["location"]))
    assert not led


async def test_signing_in_leads_nowhere_else(site: Site) -> None:
    """By the code, with the way back in the form, which the mail's link carries too."""
    account = await insert(site, make.make_account, email="ines@candidat.example")
    assert account
    async with site.client() as client:
        for evil in EVIL[::10]:
            asked = await client.post("/sign-in", data={"email": "ines@candidat.example", "back": evil})
            assert asked.headers["location"] == "/sign-in/code"
            nonce = await site.db.read(_nonce)
            typed = {"email": "ines@candidat.example", "code": sign_in.code_of(nonce, key=SECRET), "back": evil}
            entered = await client.post("/sign-in/code", data=typed)
            assert (entered.status_code, entered.headers["location"]) == (303, "/")
            await client.post("/sign-out")
            client.cookies.clear()


def _nonce(tx: Connection) -> str:
    return tx.execute(select(t.sign_ins.c.nonce).order_by(t.sign_ins.c.id.desc()).limit(1)).scalar_one()
