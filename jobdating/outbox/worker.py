"""Sends what is due, beside the requests. Claims, writes, hands over, reports; holds no transaction while it sends."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from sqlalchemy import Connection

from jobdating.clock import Clock, WallClock
from jobdating.db.engine import Database, Unavailable
from jobdating.outbox import copies, rows
from jobdating.outbox.message import Written, as_email
from jobdating.outbox.rows import Row
from jobdating.outbox.transport import Line, Transport, Undelivered

LANES = 3
BATCH = 4  # mails a claim takes: few enough to be sent before the claim runs out
BREATH = 0.05  # seconds between two looks, however much is committed
GRACE = 5.0  # seconds for the mails in hand when we are told to stop
PAUSE = 1.0  # seconds between looks at the table when nothing was committed here

Compose = Callable[[Connection, Row], Written | None]

log = logging.getLogger(__name__)


@asynccontextmanager
async def running(
    db: Database, clock: Clock, transport: Transport, *, compose: Compose, sender: str, lanes: int = LANES
) -> AsyncIterator[None]:
    """Send for as long as the context lasts. `compose` writes a row's mail, None when it is no longer due."""
    outbox = Outbox(db, clock, transport, compose=compose, sender=sender)
    db.on_commit(outbox.wake)
    tasks = [asyncio.create_task(outbox.run(), name=f"outbox-{n}") for n in range(lanes)]
    try:
        yield
    finally:
        outbox.stop()
        _, late = await asyncio.wait(tasks, timeout=GRACE)
        while late:  # a cancellation can be swallowed on its way through the conversation with the server
            for task in late:
                task.cancel()
            _, late = await asyncio.wait(late, timeout=1)


class Outbox:
    """The loop that the lanes run. Each mail is with one lane at a time; the claim sees to it."""

    def __init__(self, db: Database, clock: Clock, transport: Transport, *, compose: Compose, sender: str) -> None:
        self._db = db
        self._clock = clock
        self._transport = transport
        self._compose = compose
        self._sender = sender
        self._woken = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """Something was committed: there may be mail."""
        self._woken.set()

    def stop(self) -> None:
        """Send what is in hand, and no more."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Until stopped. A fault of the database or of one mail does not end it."""
        while not self._stopping:
            self._woken.clear()
            try:
                while not self._stopping and await self.send_some():
                    pass
            except Unavailable:
                log.warning("outbox: the database takes no writes")
            except Exception:
                log.exception("outbox: a round failed")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PAUSE):
                    await self._woken.wait()
            if not self._stopping:
                await asyncio.sleep(BREATH)

    async def send_some(self) -> bool:
        """Send one batch; whether there was one."""
        moment = {"now": self._clock.now(), "wall": WallClock().now()}
        if not await self._db.read(rows.anything_due, **moment):
            return False
        claimed = await self._db.write(rows.claim, **moment, count=BATCH)
        async with self._transport.line() as line:
            for row in claimed:
                if self._stopping:
                    await self._db.write(rows.release, row.id)
                else:
                    await self._send(line, row)
        return bool(claimed)

    async def _send(self, line: Line, row: Row) -> None:
        try:
            written = await self._db.read(self._compose, row)
            if written is not None:
                await line.send(row, written, as_email(row, written, sender=self._sender))
        except Unavailable:
            raise
        except Exception as error:  # whatever is wrong with one mail, the others leave
            for_good = isinstance(error, Undelivered) and error.for_good
            reason = str(error) if isinstance(error, Undelivered) else type(error).__name__
            log.warning("outbox: mail %s (%s) did not leave: %s", row.id, row.kind, reason)
            wall = WallClock().now()
            await self._db.write(rows.failed, row, error=reason, for_good=for_good, wall=wall)
            return
        if written is None:
            await self._db.write(rows.needless, row.id, wall=WallClock().now())
        else:
            await self._db.write(copies.sent, row, wall=WallClock().now())
