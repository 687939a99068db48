"""How many durable bookings a second 64 clients get through the API, beside one bare insert and one ORM session each.

Every server runs in a process of its own, as it would in production; the rounds alternate, so that all see the same
machine. A client keeps its connection and asks for the next booking when the last one was acknowledged.
"""

import argparse
import asyncio
import hashlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import uvloop
from sqlalchemy import Connection, create_engine, insert, select

from jobdating.db import tables as t
from jobdating.db.migrations import migrate
from scripts.benchmarks.report import report

CLIENTS = 64
ROUNDS = 7
WARM_UP = 512  # requests to each server before anything is measured
REQUESTS = {"jobdating": 1_920, "bare": 3_840, "orm": 960}  # in a round
STANDS = 300


class Client(asyncio.Protocol):
    """Sends one request after the other over one connection, and counts the answers that are 201."""

    def __init__(self, requests: Iterator[bytes], done: "asyncio.Future[None]") -> None:
        self._requests = requests
        self._done = done
        self._answer = b""
        self.made = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own class is not a subclass
        self._next()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, found, body = self._answer.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self.made += head.startswith(b"HTTP/1.1 201")
        self._answer = b""
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error or ConnectionError("the server closed the connection"))

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is not None:
            self._transport.write(request)
            return
        if not self._done.done():
            self._done.set_result(None)
        self._transport.close()


def _length(head: bytes) -> int:
    lower = head.lower()
    at = lower.index(b"content-length:") + 15
    return int(lower[at : lower.find(b"\r\n", at) if b"\r\n" in lower[at:] else None])


async def rush(port: int, requests: Sequence[bytes]) -> float:
    """Send `requests` from CLIENTS connections; acknowledged bookings a second. Raises RuntimeError when one is refused."""
    left = iter(requests)
    loop = asyncio.get_running_loop()
    finished: list[asyncio.Future[None]] = [loop.create_future() for _ in range(CLIENTS)]
    began = time.perf_counter()
    clients = [
        (await loop.create_connection(lambda done=done: Client(left, done), "127.0.0.1", port))[1]  # type: ignore[misc]
        for done in finished
    ]
    await asyncio.gather(*finished)
    seconds = time.perf_counter() - began
    made = sum(client.made for client in clients)
    if made != len(requests):
        raise RuntimeError(f"{len(requests) - made} of {len(requests)} bookings were refused")
    return made / seconds


def prepare(url: str, people: int) -> list[bytes]:
    """A fair with a slot for each of `people` candidates, and the request with which each books it."""
    migrate(url)
    engine = create_engine(url)
    with engine.begin() as tx:
        slots, tokens = _fair(tx, people), [f"jd_benchmark_{n}" for n in range(people)]
        accounts = [{"email": f"c{n}@candidat.example", "created_at": _NOW} for n in range(people)]
        tx.execute(insert(t.accounts), accounts)
        ids = tx.execute(select(t.accounts.c.id).order_by(t.accounts.c.id)).scalars().all()
        tx.execute(insert(t.candidates), [{"fair_id": 1, "account_id": one, "registered_at": _NOW} for one in ids])
        hashes = [hashlib.sha256(token.encode()).hexdigest() for token in tokens]
        tx.execute(
            insert(t.api_tokens),
            [{"account_id": a, "hash": h, "made_at": _NOW} for a, h in zip(ids, hashes, strict=True)],
        )
    engine.dispose()
    return [
        f"POST /api/v1/slots/{slot}/bookings HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\n"
        "content-type: application/json\r\ncontent-length: 2\r\n\r\n{}".encode()
        for slot, token in zip(slots, tokens, strict=True)
    ]


_NOW = datetime.now(UTC)


def _fair(tx: Connection, people: int) -> Sequence[int]:
    first = date.today() + timedelta(days=30)  # noqa: DTZ011 (any day ahead will do)
    tx.execute(
        insert(t.fairs).values(
            slug="bench", name="Bench", first_day=first, last_day=first + timedelta(days=60), hours=[["09:00", "17:00"]],
            opens_at=_NOW - timedelta(days=1), closes_at=_NOW + timedelta(days=100), interview_minutes=10,
            buffer_minutes=5, cap=5,
        )
    )  # fmt: skip
    tx.execute(insert(t.companies).values(fair_id=1, slug="c", name="C"))
    tx.execute(
        insert(t.stands), [{"fair_id": 1, "company_id": 1, "slug": f"s{n}", "name": f"S{n}"} for n in range(STANDS)]
    )
    start = _NOW + timedelta(days=30)
    rows = [
        {
            "stand_id": n % STANDS + 1,
            "starts_at": start + timedelta(minutes=15 * (n // STANDS)),
            "ends_at": start + timedelta(minutes=15 * (n // STANDS) + 10),
        }
        for n in range(people)
    ]
    tx.execute(insert(t.slots), rows)
    return tx.execute(select(t.slots.c.id).order_by(t.slots.c.id)).scalars().all()


@contextmanager
def serving(command: Sequence[str], port: int) -> Iterator[int]:
    """A server in its own process, until the end of the block; its port."""
    with subprocess.Popen([sys.executable, *command], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        try:
            for _ in range(600):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()
            process.wait(20)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


async def measure(folder: Path) -> dict[str, list[float]]:
    """Bookings a second of each server in each round."""
    url = f"sqlite:///{folder / 'ours.db'}"
    ports = {name: _free_port() for name in REQUESTS}
    left = {"jobdating": prepare(url, WARM_UP + ROUNDS * REQUESTS["jobdating"])}
    for name in ("bare", "orm"):
        request = b"POST /slots/7 HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 0\r\n\r\n"
        left[name] = [request] * (WARM_UP + ROUNDS * REQUESTS[name])
    ours = ["-m", "jobdating", "serve", "--port", str(ports["jobdating"]), "--database-url", url]
    others = {
        name: ["-m", "scripts.benchmarks.booking_servers", name, str(folder / f"{name}.db"), str(ports[name])]
        for name in ("bare", "orm")
    }
    found: dict[str, list[float]] = {name: [] for name in REQUESTS}
    os.environ.pop("JOBDATING_DATABASE_URL", None)
    with ExitStack() as running:
        for name, command in {"jobdating": ours, **others}.items():
            running.enter_context(serving(command, ports[name]))
            await rush(ports[name], [left[name].pop() for _ in range(WARM_UP)])
        for _ in range(ROUNDS):
            for name, count in REQUESTS.items():
                found[name].append(await rush(ports[name], [left[name].pop() for _ in range(count)]))
    return found


def main() -> None:
    """Measure, then tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="bench-booking-") as folder:
        found = uvloop.run(measure(Path(folder)))
    ratios = {
        f"jobdating / {name}": [ours / other for ours, other in zip(found["jobdating"], found[name], strict=True)]
        for name in ("bare", "orm")
    }
    figures = {
        "jobdating: one booking through the API": (found["jobdating"], "bookings/s"),
        "bare: one durable insert under group commit": (found["bare"], "inserts/s"),
        "orm: the same insert through one async ORM session": (found["orm"], "inserts/s"),
    }
    report("booking", figures, ratios, file=asked.json)


if __name__ == "__main__":
    main()
