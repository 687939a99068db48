"""From a stand's provider to where a button leads, without opening anything; links only where the fair allows."""

from datetime import UTC, datetime

import pytest

from jobdating.domain.states import RoomProvider
from jobdating.rooms import Guest, Meeting, RoomUnavailable, Servers, Way, address, bigbluebutton, describe, jitsi, link

NONE = Servers("own", jitsi.Server(""), bigbluebutton.Server("", ""))
DEMO = Servers("own", jitsi.Server(""), bigbluebutton.Server("", ""), demo_host="127.0.0.1:8000")
GUEST = Guest("guest", "Inès Besnard", False)
NOW = datetime.now(UTC)


def meeting(provider: RoomProvider, **values: object) -> Meeting:
    return Meeting(7, provider, "Stand", **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://visio.example/salle/7", "visio.example"),
        ("https://VISIO.example:443/a?b=c#d", "visio.example"),
        ("http://visio.example/salle", None),
        ("https://visio.example:8443/salle", None),
        ("https://moi:mot@visio.example/salle", None),
        ("https://visio.example\\@piege.example/", None),
        ("https://visio.example/sa lle", None),
        ("https://visio.example/\r\nset-cookie: a=b", None),
        ("https://[::1", None),
        ("https://visio.example:port/", None),
        ("https://localhost/salle", None),
        ("javascript:alert(1)", None),
        ("//visio.example/salle", None),
        ("", None),
    ],
)
def test_only_plain_https_is_a_link(url: str, host: str | None) -> None:
    assert link.host_of(url) == host


@pytest.mark.parametrize(
    ("hosts", "allowed"),
    [
        ((), True),
        (("visio.example",), True),
        (("example.",), True),
        (("VISIO.example",), True),
        (("sio.example",), False),
        (("visio.example.org",), False),
    ],
)
async def test_a_link_leads_only_to_hosts_the_fair_allows(hosts: tuple[str, ...], allowed: bool) -> None:
    there = meeting(RoomProvider.LINK, url="https://visio.example/salle/7", hosts=hosts)
    if allowed:
        assert describe(there, NONE).host == "visio.example"
        assert await address(there, NONE, GUEST, wall=NOW) == "https://visio.example/salle/7"
    else:
        assert describe(there, NONE).way is Way.MISSING
        with pytest.raises(RoomUnavailable):
            await address(there, NONE, GUEST, wall=NOW)


@pytest.mark.parametrize("provider", [RoomProvider.JITSI, RoomProvider.BIGBLUEBUTTON, RoomProvider.AUTO])
async def test_what_is_not_configured_is_missing_and_does_not_open(provider: RoomProvider) -> None:
    there = meeting(provider, phone="06 39 98 10 00")
    assert describe(there, NONE).way is Way.MISSING
    assert describe(there, NONE).phone == "06 39 98 10 00"
    with pytest.raises(RoomUnavailable):
        await address(there, NONE, GUEST, wall=NOW)


async def test_by_telephone_and_on_site_there_is_nothing_to_open() -> None:
    phone = describe(meeting(RoomProvider.TELEPHONE, phone="06 39 98 10 00"), NONE)
    assert (phone.way, phone.phone) == (Way.TELEPHONE, "06 39 98 10 00")
    place = describe(meeting(RoomProvider.ON_SITE, place="Caen, 1 rue des Forges"), NONE)
    assert (place.way, place.place) == (Way.ON_SITE, "Caen, 1 rue des Forges")
    for provider in (RoomProvider.TELEPHONE, RoomProvider.ON_SITE):
        with pytest.raises(RoomUnavailable):
            await address(meeting(provider), NONE, GUEST, wall=NOW)


async def test_in_a_demo_every_online_room_is_our_own_page() -> None:
    for provider in (RoomProvider.JITSI, RoomProvider.BIGBLUEBUTTON, RoomProvider.LINK):
        there = meeting(provider, url="https://visio.example/salle/7")
        assert describe(there, DEMO).host == "127.0.0.1:8000"
        assert await address(there, DEMO, GUEST, wall=NOW) == "/demo/room/7"
    assert describe(meeting(RoomProvider.TELEPHONE), DEMO).way is Way.TELEPHONE


async def test_a_configured_server_is_used() -> None:
    servers = Servers("own", jitsi.Server("meet.example"), bigbluebutton.Server("", ""))
    url = await address(meeting(RoomProvider.JITSI), servers, GUEST, wall=NOW)
    assert url.startswith("https://meet.example/")
