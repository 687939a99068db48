"""The server's side of one TCP connection, hardened: nobody holds memory or a place by being slow or silent.

uvicorn's own protocols, with what they lack: a peer that stops reading, floods us with pings, never finishes its
request or handshake, or sends endless headers is dropped. `check` is called by the server about once a second.
"""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

SILENT = 9.0  # seconds to finish a request's head or a handshake, or between two parts of a body; looked at each second
PACE = 1_000  # bytes a second that a body must come at
REQUEST = 120.0  # seconds for a whole request
HEAD = 32 * 1024  # bytes
STUCK = 5.0  # seconds a full socket may read nothing
STUCK_LARGE = 1.0  # the same for one that holds more than UNREAD
UNREAD = 1024 * 1024  # bytes
CHATTER = 30  # pings and messages a socket may send between two checks
WIRE = "jobdating.wire"

TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class HardenedHttp(HttpToolsProtocol):
    """Requests: bounded heads, bodies that come at a pace, no endless waiting for the rest or for a reader."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._deadline: float | None = monotonic() + SILENT
        self._begun = 0.0
        self._head: int | None = 0  # bytes of the request's head so far; None while a body comes
        self._body = 0  # bytes of it so far
        self._unread = (0, 0.0)  # what the peer has not read, since when

    def data_received(self, data: bytes) -> None:
        if self._deadline is None:
            self._deadline = monotonic() + SILENT
        if self._head is not None:
            self._head += len(data)
        super().data_received(data)
        if self._head is not None and self._head > HEAD and not self.transport.is_closing():
            self.transport.write(TOO_LARGE)
            self.transport.close()
        elif self._head is None and self._deadline is not None:
            self._body += len(data)
            paced = self._begun + SILENT + self._body / PACE
            self._deadline = min(monotonic() + SILENT, paced, self._begun + REQUEST)

    def on_message_begin(self) -> None:
        self._begun, self._body = monotonic(), 0
        self._deadline = self._begun + SILENT
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._deadline = None
        self._head = 0
        super().on_message_complete()

    def check(self) -> None:
        """Drop a peer that is silent, or that does not read its answer."""
        now = monotonic()
        if self._deadline is not None and now > self._deadline:
            self.transport.abort()
            return
        unread = self.transport.get_write_buffer_size()
        if unread == 0 or self._unread[0] == 0 or unread < self._unread[0]:
            self._unread = (unread, now)
        elif now > self._unread[1] + SILENT:
            self.transport.abort()


class HardenedWebSocket(WebSocketsSansIOProtocol):
    """Sockets: written to without waiting; a peer that does not read or does nothing but talk is dropped.

    Offers itself to the application as `scope["extensions"][WIRE]`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on_room: Callable[[], None] = _nothing
        self._made = monotonic()
        self.has_room = True  # whether a frame can be handed to the system now
        self._full_since = 0.0  # or since when a full peer has read nothing
        self._unread = 0
        self._chatter = 0

    def push(self, message: bytes) -> None:
        """Write a whole message that is already framed. Nothing happens when the peer is gone."""
        if self.conn.state is State.OPEN and not self.close_sent and not self.transport.is_closing():
            self.transport.write(message)

    async def run_asgi(self) -> None:
        extensions: dict[Any, Any] = self.scope["extensions"]
        extensions[WIRE] = self
        await super().run_asgi()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.has_room = False
        self._full_since, self._unread = monotonic(), self.transport.get_write_buffer_size()

    def resume_writing(self) -> None:
        super().resume_writing()
        self.has_room = True
        self.on_room()

    def handle_ping(self) -> None:
        self._chatter += 1
        if not self.has_room:
            self.conn.data_to_send()  # a pong nobody reads
        else:
            super().handle_ping()
        self._ensure_quiet()

    def send_receive_event_to_app(self) -> None:
        self._chatter += 1
        super().send_receive_event_to_app()
        self._ensure_quiet()

    def _ensure_quiet(self) -> None:
        if self._chatter > CHATTER:
            self.transport.abort()

    def check(self) -> None:
        """Drop a peer that reads nothing any more, or whose handshake hangs. A slow one that reads may stay."""
        self._chatter, now = 0, monotonic()
        if not self.has_room:
            unread = self.transport.get_write_buffer_size()
            if unread < self._unread:
                self._full_since = now
            elif now > self._full_since + (STUCK if unread <= UNREAD else STUCK_LARGE):
                self.transport.abort()
            self._unread = unread
        if not self.handshake_complete and now > self._made + SILENT:
            self.transport.abort()


def _nothing() -> None:
    return
