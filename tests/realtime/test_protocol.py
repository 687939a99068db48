"""Peers that are slow, silent or noisy cost us nothing and nobody else anything."""

import asyncio
import resource
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from jobdating.clock import SteppedClock
from jobdating.domain import topics
from jobdating.realtime import protocol
from tests.eventually import eventually
from tests.realtime.scene import Scene, make_scene
from tests.realtime.watcher import address, watching
from tests.site import Site, running_site

HANDSHAKE = (
    "GET /live?{query} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nOrigin: {origin}\r\n\r\n"
)


@pytest.fixture
async def scene(site: Site) -> Scene:
    return await site.db.write(make_scene)


@asynccontextmanager
async def dialled(
    site: Site, *, buffer: int | None = None
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A plain connection to the server; `buffer` is the room its system has for what it does not read."""
    address_ = urlsplit(site.url)
    plain = socket.socket()
    if buffer is not None:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    plain.setblocking(False)
    await asyncio.get_running_loop().sock_connect(plain, (address_.hostname, address_.port))
    reader, writer = await asyncio.open_connection(sock=plain, limit=1024)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


@asynccontextmanager
async def raw_watcher(site: Site, scene: Scene) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Somebody who follows the fair over a socket they handle themselves."""
    async with dialled(site, buffer=4096) as (reader, writer):
        query = address([f"fair:{scene.fair_id}"])
        writer.write(HANDSHAKE.format(query=query, host=urlsplit(site.url).netloc, origin=site.url).encode())
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(2)  # the first frame has come: from now on changes are streamed
        yield reader, writer


class Watch:
    """The clock of connections, wound on by hand: however long this machine takes, no time passes by itself."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds

    def wind(self, site: Site, seconds: float) -> None:
        """Time passes, and the server looks after its connections."""
        self.seconds += seconds
        site.app.state.server.look_after_connections()


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(protocol, "monotonic", made)
    return made


async def read(site: Site) -> None:
    """Return once the server has read what was sent before: it answers who comes after."""
    async with site.client() as client:
        assert (await client.get("/healthz")).status_code == 200


def hub_of(site: Site) -> Any:
    return site.app.state.house.relay.hub


def publish(site: Site, scene: Scene, size: int) -> None:
    """A change of that many bytes, for all who follow the fair."""
    room = topics.fair_room(scene.fair_id)
    hub_of(site).publish({room.topic: {"fr": {room: "x" * size}}}, lambda names: "e.1")


async def gone(reader: asyncio.StreamReader, within: float = 20) -> bytes:
    """Wait until the server has ended the connection; what it said."""
    said = b""
    async with asyncio.timeout(within):
        try:
            while data := await reader.read(65536):
                said += data
        except ConnectionError:
            pass
    return said


async def test_one_who_does_not_read_holds_up_nobody_and_is_dropped(site: Site, scene: Scene, watch: Watch) -> None:
    async with raw_watcher(site, scene), watching(site, [f"fair:{scene.fair_id}"]) as reads:
        await reads.frame()
        await eventually(lambda: len(hub_of(site)) == 2)
        for _ in range(40):
            publish(site, scene, 100_000)
            await reads.frame()  # arrives although the other is stuck
        watch.wind(site, protocol.STUCK + 1)
        await eventually(lambda: len(hub_of(site)) == 1)
        publish(site, scene, 10)
        await reads.frame()


async def test_what_a_stuck_peer_is_owed_does_not_grow(site: Site, scene: Scene) -> None:
    async with raw_watcher(site, scene):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(300):
            publish(site, scene, 1_000_000)
            await asyncio.sleep(0)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert grown < 30_000  # kB, of 300 MB that were published


async def test_a_flood_of_pings_is_ended(site: Site, scene: Scene) -> None:
    ping = b"\x89\x80" + b"\x00" * 4
    async with raw_watcher(site, scene) as (reader, writer):
        writer.write(ping * 10_000)
        await gone(reader)
        await eventually(lambda: len(hub_of(site)) == 0)


async def test_a_flood_of_messages_is_ended(site: Site, scene: Scene) -> None:
    message = b"\x81\x82" + b"\x00" * 4 + b"hi"
    async with raw_watcher(site, scene) as (reader, writer):
        writer.write(message * 10_000)
        await gone(reader)
        await eventually(lambda: len(hub_of(site)) == 0)


async def test_a_message_that_is_too_large_is_refused_with_1009(site: Site, scene: Scene) -> None:
    async with watching(site, [f"fair:{scene.fair_id}"]) as page:
        await page.frame()
        await page.socket.send("x" * (64 * 1024 + 1))
        assert await page.closed() == 1009


async def test_a_watcher_that_only_answers_pings_stays(site: Site, scene: Scene) -> None:
    async with watching(site, [f"fair:{scene.fair_id}"]) as page:
        await page.frame()
        for _ in range(5):
            await (await page.socket.ping())
        publish(site, scene, 10)
        await page.frame()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET /healthz HT",
        b"GET /healthz HTTP/1.1\r\nHost: here\r\nX-Slow: ",
        b"POST /sign-in HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\nhalf",
    ],
    ids=["silent", "half a line", "half a head", "half a body"],
)
async def test_a_request_that_is_not_finished_is_dropped(
    site: Site, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(protocol, "SILENT", 0.3)
    async with dialled(site) as (reader, writer):
        writer.write(said)
        await gone(reader)


@asynccontextmanager
async def uploading(site: Site, size: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A form of which nothing has been sent but its head."""
    async with dialled(site) as (reader, writer):
        kind = b"Content-Type: application/x-www-form-urlencoded\r\n"
        length = f"Content-Length: {size}\r\n\r\n".encode()
        writer.write(b"POST /sign-in HTTP/1.1\r\nHost: here\r\n" + kind + length)
        yield reader, writer


async def test_a_body_that_comes_slowly_but_comes_is_read(site: Site, watch: Watch) -> None:
    async with uploading(site, 24_000) as (reader, writer):
        for _ in range(3):
            writer.write(b"x" * 8_000)
            await read(site)
            watch.wind(site, protocol.SILENT - 1)
        assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 4")


async def test_a_body_that_comes_in_parts_but_stops_is_dropped(site: Site, watch: Watch) -> None:
    async with uploading(site, 24_000) as (reader, writer):
        writer.write(b"x" * 8_000)
        await read(site)
        watch.wind(site, protocol.SILENT + 1)
        assert await gone(reader) == b""


async def test_a_body_that_only_drips_is_dropped(site: Site, watch: Watch) -> None:
    async with uploading(site, 6_000) as (reader, writer):
        for _ in range(int(protocol.SILENT) + 1):
            writer.write(b"x")
            await read(site)
            watch.wind(site, 1)
        assert await gone(reader) == b""


async def test_who_goes_in_the_middle_of_a_form_is_no_fault_of_ours(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    async with uploading(site, 6_000) as (_, writer):
        writer.write(b"x" * 100)
        await writer.drain()
    async with site.client() as client:
        assert (await client.get("/healthz")).status_code == 200
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_endless_headers_are_refused(site: Site) -> None:
    async with dialled(site) as (reader, writer):
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: here\r\n")
        for number in range(40):
            writer.write(f"X-{number}: {'x' * 1000}\r\n".encode())
        assert b" 431 " in await gone(reader)


async def test_requests_on_a_kept_connection_are_not_dropped(site: Site, watch: Watch) -> None:
    async with dialled(site) as (reader, writer):
        for _ in range(4):
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n")
            assert await reader.readuntil(b"\r\n") == b"HTTP/1.1 200 OK\r\n"
            await reader.readuntil(b"}")
            watch.wind(site, 2 * protocol.SILENT)


async def test_when_the_server_stops_sockets_are_told_to_come_back_and_polls_are_answered(
    sqlite_url: str, clock: SteppedClock
) -> None:
    async with AsyncExitStack() as server:
        site = await server.enter_async_context(running_site(sqlite_url, clock))
        scene = await site.db.write(make_scene)
        topic = [f"fair:{scene.fair_id}"]
        async with watching(site, topic) as page, site.client(timeout=20) as client:
            await page.frame()
            poll = asyncio.create_task(client.get(f"/live/poll?{address(topic, cursor=page.cursor)}"))
            await eventually(lambda: len(hub_of(site)) == 2)
            async with asyncio.timeout(8):
                await server.aclose()
            assert await page.closed() == 1012
            assert (await poll).json()["patches"] == []
