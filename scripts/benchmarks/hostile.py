"""What peers that are stuck, noisy or slow cost the others: one change's way to fifty readers without and with them.

20 sockets that read nothing and 5 that flood pings, while changes of 100 kB go out; then 300 requests that are never
finished. The server is a process of its own. A delay without offenders stands beside each delay with them.
"""

import argparse
import asyncio
import multiprocessing
import socket
import statistics
import time
from collections.abc import Awaitable, Callable, Coroutine
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvloop

from scripts.benchmarks import fanout_servers as servers
from scripts.benchmarks.fanout import Watchers, ask, connect, request_of
from scripts.benchmarks.report import report

READERS = 50
STUCK = 20
FLOODS = 5
SLOW = 300
CHANGES = 100
SIZE = 100_000  # bytes of a change
PING = b"\x89\x80" + b"\x00" * 4
FORM = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 900\r\n\r\n"
HEAD = b"POST /sign-in HTTP/1.1\r\nHost: here\r\n" + FORM
# What each kind of slow peer says at first, and whether it goes on, a byte a second.
KINDS = ((b"", False), (b"GET /heal", False), (b"GET /healthz HTTP/1.1\r\nX-Slow: ", True), (HEAD, False), (HEAD, True))
PATIENCE = 30.0


async def delay(pipe: Pipe, watchers: Watchers) -> float:
    """From a change to the last of those who read, in milliseconds."""
    watchers.begin(of_bytes=READERS * SIZE)
    began = time.perf_counter()
    pipe.send(("large", SIZE))
    await watchers.finished()
    took = (time.perf_counter() - began) * 1000
    await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
    return took


async def dial(port: int, said: bytes) -> socket.socket:
    """A connection with next to no room for what it does not read."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plain.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(plain, ("127.0.0.1", port))
    await loop.sock_sendall(plain, said)
    return plain


async def flood(port: int, request: bytes) -> float:
    """Ping without end; the seconds until one is thrown out."""
    plain = await dial(port, request)
    began = time.perf_counter()
    try:
        while time.perf_counter() < began + PATIENCE:
            await asyncio.get_running_loop().sock_sendall(plain, PING * 20)
            await asyncio.sleep(0.01)
    except OSError:
        pass
    finally:
        plain.close()
    return time.perf_counter() - began


async def slow(port: int, said: bytes, drips: bool) -> float:
    """A request that is never finished; the seconds until it is thrown out."""
    plain = await dial(port, said)
    loop, began = asyncio.get_running_loop(), time.perf_counter()
    end = loop.create_task(loop.sock_recv(plain, 1))
    try:
        while not end.done() and time.perf_counter() < began + PATIENCE:
            await asyncio.wait([end], timeout=1)
            if drips and not end.done():
                await loop.sock_sendall(plain, b"x")
        await end
    except OSError:
        pass
    finally:
        plain.close()
    return time.perf_counter() - began


async def health(port: int) -> float:
    """One small request on a connection of its own, in milliseconds."""
    began = time.perf_counter()
    plain = await dial(port, b"GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    while await asyncio.get_running_loop().sock_recv(plain, 4096):
        pass
    plain.close()
    return (time.perf_counter() - began) * 1000


async def times(count: int, measure: Callable[[], Awaitable[float]]) -> list[float]:
    return [await measure() for _ in range(count)]


async def measure(pipe: Pipe) -> dict[str, tuple[list[float], str]]:
    address = await ask(pipe, "address")
    port, request = address["port"], request_of(address)
    watchers, transports = await connect(READERS, address)
    await times(10, lambda: delay(pipe, watchers))
    quiet = await times(CHANGES, lambda: delay(pipe, watchers))
    before = await ask(pipe, "resident")
    stuck = [await dial(port, request) for _ in range(STUCK)]
    floods = [asyncio.create_task(flood(port, request)) for _ in range(FLOODS)]
    began, gone, grown = time.perf_counter(), PATIENCE, 0
    beside: list[float] = []
    while len(beside) < CHANGES or gone == PATIENCE:
        beside.append(await delay(pipe, watchers))
        grown = max(grown, await ask(pipe, "resident") - before)
        if gone == PATIENCE and await ask(pipe, "watchers") <= READERS:
            gone = time.perf_counter() - began
        if time.perf_counter() > began + PATIENCE:
            break
    flooded = await asyncio.gather(*floods)
    for plain in stuck:
        plain.close()
    quiet_health = await times(CHANGES, lambda: health(port))
    waiting: list[Coroutine[Any, Any, float]] = [slow(port, *KINDS[number % len(KINDS)]) for number in range(SLOW)]
    slow_ones = asyncio.gather(*waiting)
    beside_health = []
    while not slow_ones.done():
        beside_health.append(await health(port))
        await asyncio.sleep(0.05)
    for transport in transports:
        transport.close()
    return {
        "change_alone": (quiet, "ms"),
        "change_alone_p99": ([_p99(quiet)], "ms"),
        "change_beside_stuck": (beside, "ms"),
        "change_beside_stuck_p99": ([_p99(beside)], "ms"),
        "stuck_and_floods_gone": ([gone], "s"),
        "floods_gone": (flooded, "s"),
        "memory_grown": ([grown / 1e6], "MB"),
        "request_alone_p99": ([_p99(quiet_health)], "ms"),
        "request_beside_slow_p99": ([_p99(beside_health)], "ms"),
        "slow_gone": (await slow_ones, "s"),
    }


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    with TemporaryDirectory() as folder:
        process = context.Process(target=servers.ours, args=(there, str(Path(folder) / "fair.db")))
        process.start()
        try:
            figures = uvloop.run(measure(here))
        finally:
            here.send(("stop",))
            process.join(15)
    alone, beside = figures["change_alone"][0], figures["change_beside_stuck"][0]
    ratio = [theirs / ours for ours, theirs in zip(alone, beside, strict=False)]
    report("hostile", figures, {"beside_stuck_of_alone": ratio}, file=chosen.json)


if __name__ == "__main__":
    main()
