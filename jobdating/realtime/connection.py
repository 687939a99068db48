"""One open page on a socket: catch up, then stream, until it goes or may not watch any more.

Nothing is awaited to send: a frame is written when it comes, or, while the peer is slow, kept in the mailbox and
written when there is room again.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Protocol

from starlette.types import Receive

from jobdating.realtime.hub import Mailbox
from jobdating.realtime.relay import Relay

LOOK_AGAIN = 600.0  # seconds: sessions also end by themselves


class Wire(Protocol):
    """A socket that can be written to without waiting."""

    has_room: bool
    on_room: Callable[[], None]

    def push(self, message: bytes) -> None: ...


# Why the connection must end, as a close code; None while it may stay.
StillAllowed = Callable[[], Awaitable[int | None]]
Close = Callable[[int], Awaitable[None]]


class Connection:
    """Streams to one page."""

    def __init__(
        self, relay: Relay, wire: Wire, mailbox: Mailbox, *, still_allowed: StillAllowed, close: Close
    ) -> None:
        self._relay = relay
        self._wire = wire
        self._mailbox = mailbox
        self._still_allowed = still_allowed
        self._close = close
        self._streaming = False
        self._looking: asyncio.Task[None] | None = None

    async def run(self, receive: Receive, cursor: str) -> None:
        """Until the peer is gone. What it says is read and thrown away: commands are requests, not messages."""
        loop = asyncio.get_running_loop()
        self._mailbox.on_mail = self._wire.on_room = self._flush
        self._mailbox.on_doubt = self._look_again
        timer = loop.call_later(random.uniform(0.5, 1) * LOOK_AGAIN, self._look_again)  # noqa: S311 (spreads load)
        try:
            with self._relay.following(self._mailbox):
                frame = await self._relay.catch_up(self._mailbox, cursor)
                self._wire.push(frame.wire)
                self._streaming = True
                self._flush()
                while (await receive())["type"] != "websocket.disconnect":
                    pass
        finally:
            timer.cancel()
            self._wire.on_room = self._mailbox.on_mail = self._mailbox.on_doubt = _nothing

    def _flush(self) -> None:
        if self._streaming and self._wire.has_room:
            frame = self._mailbox.take()
            if frame is not None:
                self._wire.push(frame.wire)

    def _look_again(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        code = await self._still_allowed()
        if code is not None:
            await self._close(code)


def _nothing() -> None:
    return
