"""BigBlueButton: signatures against the public documentation, and a server that answers in every way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from jobdating.domain.states import RoomProvider
from jobdating.rooms import bigbluebutton
from jobdating.rooms.bigbluebutton import Server
from jobdating.rooms.room import Guest, Meeting, RoomUnavailable, Way

MEETING = Meeting(7, RoomProvider.BIGBLUEBUTTON, "Chaudronnerie de l’Orne · Inès")
RECRUITER, CANDIDATE = Guest("guest-r", "Manon Dubosq", True), Guest("guest-c", "Inès Besnard", False)
OWN = "a secret that only the tests know, long enough"
SUCCESS = "<response><returncode>SUCCESS</returncode><meetingID>m</meetingID></response>"
# docs.bigbluebutton.org/development/api, "API Security Model": the worked example of a create call.
QUERY = "name=Test+Meeting&meetingID=abc123&attendeePW=111222&moderatorPW=333444"
SECRET = "639259d4-9dd8-4b25-bf01-95f9567eaf4b"


def test_the_checksum_is_the_one_in_the_public_documentation() -> None:
    assert (
        bigbluebutton.checksum("create", QUERY, SECRET, algorithm="sha1") == "1fcbb0c4fc1f039f73aa6d697d2db9ba7f803f17"
    )
    sha256 = "da9185f7f333cfdfcd6eeac32dca3777510c4c436020d8b887ba5515bd1d189e"
    assert bigbluebutton.checksum("create", QUERY, SECRET) == sha256
    with pytest.raises(ValueError):
        bigbluebutton.checksum("create", QUERY, SECRET, algorithm="md5")


def test_a_call_is_signed_over_the_query_as_it_is_sent() -> None:
    server = Server("https://bbb.example/bigbluebutton/", SECRET, "sha1")
    url = bigbluebutton.signed(server, "create", dict(parse_qsl(QUERY)))
    assert (
        url == f"https://bbb.example/bigbluebutton/api/create?{QUERY}&checksum=1fcbb0c4fc1f039f73aa6d697d2db9ba7f803f17"
    )
    assert Server("https://bbb.example/bigbluebutton/api", SECRET).api == "https://bbb.example/bigbluebutton/api"


def test_without_a_secret_or_https_there_is_no_room() -> None:
    for server in (Server("", ""), Server("https://bbb.example/bigbluebutton", ""), Server("http://bbb.example", "s")):
        assert bigbluebutton.describe(MEETING, server).way is Way.MISSING
    room = bigbluebutton.describe(MEETING, Server("https://bbb.example/bigbluebutton", "s"))
    assert (room.way, room.host) == (Way.ONLINE, "bbb.example")


async def test_the_meeting_is_created_and_both_join_it_with_their_own_right() -> None:
    async with answering(http(SUCCESS)) as (url, requests):
        server = Server(url, SECRET)
        joins = [await bigbluebutton.address(MEETING, server, who, own_secret=OWN) for who in (RECRUITER, CANDIDATE)]
    created = [urlsplit(request.split(" ")[1]) for request in requests]
    assert [call.path for call in created] == ["/api/create", "/api/create"]
    assert created[0].query == created[1].query  # the same again: whoever comes first creates it
    query, _, checksum = created[0].query.rpartition("&checksum=")
    assert checksum == bigbluebutton.checksum("create", query, SECRET)
    made = {name: values[0] for name, values in parse_qs(query).items()}
    sent = [{name: values[0] for name, values in parse_qs(urlsplit(join).query).items()} for join in joins]
    assert {each["meetingID"] for each in (made, *sent)} == {made["meetingID"]}
    assert [each["password"] for each in sent] == [made["moderatorPW"], made["attendeePW"]]
    assert [(each["role"], each["fullName"], each["userID"]) for each in sent] == [
        ("MODERATOR", "Manon Dubosq", "guest-r"),
        ("VIEWER", "Inès Besnard", "guest-c"),
    ]
    assert made["record"] == "false"


def http(body: str, status: str = "200 OK", headers: str = "") -> bytes:
    content = body.encode()
    head = f"HTTP/1.1 {status}\r\ncontent-length: {len(content)}\r\nconnection: close\r\n{headers}\r\n"
    return head.encode() + content


@pytest.mark.parametrize(
    "answer",
    [
        http("<response><returncode>FAILED</returncode><messageKey>checksumError</messageKey></response>"),
        http(SUCCESS, "500 Internal Server Error"),
        http("", "302 Found", "location: https://elsewhere.example/\r\n"),
        http("this is no XML"),
        http(f'<!DOCTYPE r [<!ENTITY a "b">]>{SUCCESS}'),
        http(SUCCESS + " " * 100_000),
        b"not even HTTP\r\n\r\n",
        b"",
    ],
    ids=["failed", "500", "redirect", "no xml", "entities", "huge", "no http", "hangs up"],
)
async def test_a_server_that_does_not_say_yes_is_a_room_that_does_not_open(answer: bytes) -> None:
    async with answering(answer) as (url, requests):
        with pytest.raises(RoomUnavailable):
            await bigbluebutton.address(MEETING, Server(url, SECRET), CANDIDATE, own_secret=OWN)
    assert len(requests) == 1  # asked once, and no redirect followed


async def test_a_server_that_is_silent_or_gone_does_not_keep_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bigbluebutton, "SECONDS", 0.2)
    async with answering(None) as (url, _):
        with pytest.raises(RoomUnavailable):
            await bigbluebutton.address(MEETING, Server(url, SECRET), CANDIDATE, own_secret=OWN)
    with pytest.raises(RoomUnavailable):
        await bigbluebutton.address(MEETING, Server(url, SECRET), CANDIDATE, own_secret=OWN)


@asynccontextmanager
async def answering(answer: bytes | None) -> AsyncIterator[tuple[str, list[str]]]:
    """A server that gives one answer to everything (None: never any), and the first lines of what it was asked."""
    requests: list[str] = []
    closing = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        requests.append(head.decode().splitlines()[0])
        if answer is None:
            await closing.wait()
        else:
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", requests
    finally:
        closing.set()
        server.close()
        await server.wait_closed()
