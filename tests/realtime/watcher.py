"""A page that follows topics, without a browser: applies frames and remembers them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from jobdating.domain.policy import Actor
from tests.site import Site

PATIENCE = 20.0  # seconds


class Watcher:
    """What a page would show: `elements` by id, as of `cursor`."""

    def __init__(self, socket: ClientConnection, cursor: str) -> None:
        self.socket = socket
        self.cursor = cursor
        self.elements: dict[str, str | None] = {}
        self.frames: list[dict[str, Any]] = []

    async def frame(self) -> dict[str, Any]:
        """Wait for the next frame and apply it."""
        async with asyncio.timeout(PATIENCE):
            frame: dict[str, Any] = json.loads(await self.socket.recv())
        self.cursor = frame["cursor"]
        self.elements |= {patch["target"]: patch["html"] for patch in frame["patches"]}
        self.frames.append(frame)
        return frame

    async def until(self, condition: Callable[["Watcher"], bool]) -> None:
        """Apply frames until the condition holds. Raises TimeoutError when that takes too long."""
        async with asyncio.timeout(PATIENCE):
            while not condition(self):
                await self.frame()

    async def closed(self) -> int:
        """Wait until the server closes; its code."""
        async with asyncio.timeout(PATIENCE):
            try:
                while True:
                    await self.frame()
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else 1006


def address(topics: Iterable[str], *, cursor: str = "", lang: str = "fr") -> str:
    return urlencode({"topics": " ".join(topics), "lang": lang, "cursor": cursor})


@asynccontextmanager
async def watching(
    site: Site,
    topics: Iterable[str],
    actor: Actor | None = None,
    *,
    cursor: str = "",
    lang: str = "fr",
    cookies: dict[str, str] | None = None,
    origin: str | None = None,
    via: str | None = None,
) -> AsyncIterator[Watcher]:
    """Connect as the actor's page would; `via` is the address of a proxy in between."""
    if cookies is None:
        cookies = await site.sign_in(actor) if actor else {}
    base = (via or site.url).replace("http", "ws", 1)
    headers = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
    async with connect(
        f"{base}/live?{address(topics, cursor=cursor, lang=lang)}",
        origin=origin or site.url,  # type: ignore[arg-type]
        additional_headers=headers,
        compression=None,
        max_size=None,
    ) as socket:
        yield Watcher(socket, cursor)
