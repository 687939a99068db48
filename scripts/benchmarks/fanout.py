"""How fast one change reaches everybody who watches, beside a server that only writes the same bytes to sockets.

The server runs in a process of its own and the watchers in this one, the same way for ours and for the raw writer.
"""

import argparse
import asyncio
import multiprocessing
import resource
import time
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

import uvloop

from scripts.benchmarks import fanout_servers as servers
from scripts.benchmarks.report import report

WATCHERS = (1_000, 5_000)
ROUNDS = 15  # measured one by one; the first three warm up
CHANGES = 10  # in a round
BOOKINGS = 20
AT_ONCE = 100  # connections being made


class Watchers:
    """Counts what arrives on all connections together, and on how many of them something arrived in this round."""

    def __init__(self) -> None:
        self.bytes = 0
        self.expected_bytes = 0
        self.round = 0
        self.heard = 0
        self.expected_heard = 0
        self._reached = asyncio.Event()

    def arrived(self, watcher: "Watcher", count: int) -> None:
        self.bytes += count
        if watcher.round != self.round:
            watcher.round = self.round
            self.heard += 1
        if self.bytes >= self.expected_bytes and self.heard >= self.expected_heard:
            self._reached.set()

    def begin(self, *, of_bytes: int = 0, of_watchers: int = 0) -> None:
        """A new round ends when so much has arrived, on so many connections."""
        self.bytes = self.heard = 0
        self.expected_bytes, self.expected_heard = of_bytes, of_watchers
        self.round += 1
        self._reached.clear()

    async def finished(self) -> None:
        async with asyncio.timeout(60):
            await self._reached.wait()


class Watcher(asyncio.Protocol):
    """One connection. `ready` is set when it streams: for a socket, after its handshake and first frame."""

    def __init__(self, watchers: Watchers, request: bytes) -> None:
        self.watchers = watchers
        self.request = request
        self.ready = asyncio.get_running_loop().create_future()
        self.head = b""
        self.round = 0

    def connection_made(self, transport: Any) -> None:
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        if self.ready.done():
            self.watchers.arrived(self, len(data))
            return
        self.head += data
        _, blank, rest = self.head.partition(b"\r\n\r\n")
        if blank and rest.endswith(b"]}"):
            self.head = b""
            self.ready.set_result(None)


def request_of(address: dict[str, Any]) -> bytes:
    """The handshake of a page that follows the stand."""
    query = urlencode({"topics": address["topic"], "lang": "fr", "cursor": address["cursor"]})
    host = f"127.0.0.1:{address['port']}"
    return (
        f"GET /live?{query} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nOrigin: http://{host}\r\n\r\n"
    ).encode()


async def connect(count: int, address: dict[str, Any]) -> tuple[Watchers, list[asyncio.BaseTransport]]:
    watchers, gate = Watchers(), asyncio.Semaphore(AT_ONCE)
    loop = asyncio.get_running_loop()

    async def one() -> asyncio.BaseTransport:
        async with gate:
            transport, watcher = await loop.create_connection(
                lambda: Watcher(watchers, request_of(address)), "127.0.0.1", address["port"]
            )
            await watcher.ready
            return transport

    return watchers, await asyncio.gather(*(one() for _ in range(count)))


async def ask(pipe: Pipe, *question: Any) -> Any:
    """Put a question to the server process; its answer."""
    pipe.send(question)
    return await asyncio.get_running_loop().run_in_executor(None, pipe.recv)


async def measure(pipe: Pipe, count: int, *, ours: bool) -> dict[str, list[float]]:
    """Messages a second in each round, server CPU a message, and (ours) memory and delay."""
    address = await ask(pipe, "address")
    before = await ask(pipe, "memory")
    began = time.perf_counter()
    watchers, transports = await connect(count, address)
    found: dict[str, list[float]] = {"connects": [count / (time.perf_counter() - began)], "rate": [], "cpu": []}
    after = await ask(pipe, "memory")
    found["memory"] = [(after - before) / count]
    for number in range(ROUNDS):
        size = await ask(pipe, "size")
        watchers.begin(of_bytes=count * size * CHANGES)
        began = time.perf_counter()
        pipe.send(("publish", CHANGES))
        await watchers.finished()
        took = time.perf_counter() - began
        cpu = await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
        if number >= 3:
            found["rate"].append(count * CHANGES / took)
            found["cpu"].append(cpu / (count * CHANGES) * 1e6)
    if ours:
        found["delay"] = await delays(pipe, watchers, count)
    for transport in transports:
        transport.close()
    return found


async def delays(pipe: Pipe, watchers: Watchers, count: int) -> list[float]:
    """From the commit of a booking to its frame on the last page, in milliseconds."""
    found = []
    for _ in range(BOOKINGS):
        watchers.begin(of_watchers=count)
        pipe.send(("book",))
        await watchers.finished()
        last = time.monotonic()
        committed = await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
        found.append((last - committed) * 1000)
        await asyncio.sleep(0.1)  # quiet again: a change in the middle of a tick waits for its end
    return found


def run(kind: str, count: int, folder: Path) -> dict[str, list[float]]:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=getattr(servers, kind), args=(there, str(folder / f"{kind}-{count}.db")))
    process.start()
    try:
        return uvloop.run(measure(here, count, ours=kind == "ours"))
    finally:
        here.send(("stop",))
        process.join(15)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--watchers", type=int, nargs="*", default=WATCHERS)
    chosen = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 20_000)), hard))
    figures: dict[str, tuple[list[float], str]] = {}
    ratios: dict[str, list[float]] = {}
    with TemporaryDirectory() as folder:
        for count in chosen.watchers:
            raw, ours = (run(kind, count, Path(folder)) for kind in ("raw", "ours"))
            figures[f"raw_messages_{count}"] = (raw["rate"], "messages/s")
            figures[f"messages_{count}"] = (ours["rate"], "messages/s")
            figures[f"raw_cpu_{count}"] = (raw["cpu"], "µs/message")
            figures[f"cpu_{count}"] = (ours["cpu"], "µs/message")
            figures[f"memory_{count}"] = ([value / 1024 for value in ours["memory"]], "kB/connection")
            figures[f"connects_{count}"] = (ours["connects"], "connections/s")
            figures[f"change_to_last_page_{count}"] = (ours["delay"], "ms")
            ratios[f"of_raw_{count}"] = [mine / theirs for mine, theirs in zip(ours["rate"], raw["rate"], strict=True)]
    report("fanout", figures, ratios, file=chosen.json)


if __name__ == "__main__":
    main()
