"""The two servers that `fanout` compares: the product, and one that only writes. Each answers questions on a pipe."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection as Pipe
from typing import Any

import uvloop
from sqlalchemy import Connection

from jobdating.app import create_app
from jobdating.clock import SteppedClock
from jobdating.domain import topics
from jobdating.domain.policy import Actor
from jobdating.realtime.frame import Frame
from jobdating.services import booking
from jobdating.serving import server_for
from jobdating.settings import Environment, Settings
from jobdating.web.house import House
from tests import factories

PATCH = '<li class="slot slot--taken" id="slot-1">10:20 <span>pris</span></li>' * 4  # about as long as a small fragment
SIZE = len(PATCH)


def memory() -> int:
    """Bytes this process holds."""
    with open("/proc/self/statm") as file:  # noqa: PTH123 (not a file)
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Desk:
    """Answers the questions of the benchmark, one after the other."""

    def __init__(self, pipe: Pipe) -> None:
        self.pipe = pipe
        self.stopped = asyncio.Event()
        asyncio.get_running_loop().add_reader(pipe.fileno(), self._question)

    def _question(self) -> None:
        name, *details = self.pipe.recv()
        if name == "stop":
            asyncio.get_running_loop().remove_reader(self.pipe.fileno())
            self.stopped.set()
            return
        task = asyncio.ensure_future(getattr(self, name)(*details))
        task.add_done_callback(lambda done: self.pipe.send(done.result()))

    async def memory(self) -> int:
        await asyncio.sleep(1)
        return memory()

    async def publish(self, changes: int) -> float:
        began = time.process_time()
        for _ in range(changes):
            self.write()
            await asyncio.sleep(0)
        await asyncio.sleep(0.05)
        return time.process_time() - began

    def write(self) -> None:
        raise NotImplementedError


class RawDesk(Desk):
    """Writes the same bytes to every connection."""

    def __init__(self, pipe: Pipe, transports: set[asyncio.Transport], port: int) -> None:
        super().__init__(pipe)
        self.transports = transports
        self.port = port
        self.message = b"x" * _wire_size()

    async def address(self) -> dict[str, Any]:
        return {"port": self.port, "topic": "", "cursor": ""}

    async def size(self) -> int:
        return len(self.message)

    def write(self) -> None:
        for transport in self.transports:
            transport.write(self.message)


class _RawConnection(asyncio.Protocol):
    def __init__(self, transports: set[asyncio.Transport]) -> None:
        self.transports = transports

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.transports.add(transport)

    def data_received(self, data: bytes) -> None:
        self.transport.write(b"HTTP/1.1 101 Switching Protocols\r\n\r\n{[]}")

    def connection_lost(self, error: Exception | None) -> None:
        self.transports.discard(self.transport)


def raw(pipe: Pipe, path: str) -> None:
    """A server that does nothing but write."""

    async def serve() -> None:
        transports: set[asyncio.Transport] = set()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _RawConnection(transports), "127.0.0.1", 0, backlog=4096)
        desk = RawDesk(pipe, transports, server.sockets[0].getsockname()[1])
        await desk.stopped.wait()
        server.close()

    uvloop.run(serve())


class OwnDesk(Desk):
    """The product: publishes to its hub, and books for real."""

    def __init__(self, pipe: Pipe, house: House, port: int, scene: tuple[int, list[int], list[Actor]]) -> None:
        super().__init__(pipe)
        self.house = house
        self.port = port
        self.stand_id, self.slots, self.candidates = scene
        self.booked = 0

    @property
    def hub(self) -> Any:
        return self.house.the_relay().hub

    async def address(self) -> dict[str, Any]:
        return {"port": self.port, "topic": topics.stand(self.stand_id), "cursor": self.house.the_relay().cursor}

    async def size(self) -> int:
        return _wire_size()

    def write(self) -> None:
        target = topics.slot(1, self.stand_id)
        self.hub.publish({target.topic: {"fr": {target: PATCH}}}, lambda names: "00000000.000001")

    async def large(self, size: int) -> None:
        """A change of that many bytes, for all who follow the stand."""
        target = topics.slot(1, self.stand_id)
        self.hub.publish({target.topic: {"fr": {target: "x" * size}}}, lambda names: "00000000.000001")

    async def watchers(self) -> int:
        return len(self.hub)

    async def resident(self) -> int:
        return memory()

    async def book(self) -> float:
        """Take a place; when it was committed."""
        actor, slot = self.candidates[self.booked], self.slots[self.booked]
        self.booked += 1
        await self.house.db.write(booking.book, actor, slot_id=slot, now=factories.BEFORE)
        return time.monotonic()


def ours(pipe: Pipe, path: str) -> None:
    """The product on SQLite, with a stand to watch."""
    uvloop.run(_serve_ours(pipe, path))


async def _serve_ours(pipe: Pipe, path: str) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        environment = Environment.model_construct(
            **{name: field.default for name, field in Environment.model_fields.items()}
        )
        settings = Settings(f"sqlite:///{path}", f"http://127.0.0.1:{port}", "x" * 40, False, environment)
        opened: list[House] = []

        @asynccontextmanager
        async def look(house: House) -> AsyncIterator[None]:
            opened.append(house)
            yield

        app = create_app(settings, clock=SteppedClock(factories.BEFORE), workers=[look])
        server = server_for(app, "127.0.0.1", port)
        server.config.ws_ping_interval = None  # the watchers only count bytes: they answer no pings
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:  # noqa: ASYNC110 (uvicorn gives no event)
            await asyncio.sleep(0.01)
        desk = OwnDesk(pipe, opened[0], port, await opened[0].db.write(_scene))
        await desk.stopped.wait()
        server.should_exit = True
        await serving


def _scene(tx: Connection) -> tuple[int, list[int], list[Actor]]:
    fair_id = factories.make_fair(tx)
    stand_id = factories.make_stand(tx, fair_id)
    slots = factories.make_slots(tx, stand_id, count=30)
    return stand_id, slots, [factories.make_candidate(tx, fair_id) for _ in range(30)]


def _wire_size() -> int:
    return len(Frame("00000000.000001", {topics.slot(1, 1): PATCH}).wire)
