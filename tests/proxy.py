"""A wire between browsers and the product that a test can cut, stall and join again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Proxy:
    """Forwards TCP connections to `target` (host, port). New ones are refused while the wire is cut."""

    def __init__(self) -> None:
        self.target: tuple[str, int] | None = None
        self.url = ""
        self._whole = True
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._writers: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """Break every connection, and let nobody connect."""
        self._whole = False
        for writer in list(self._writers):
            writer.transport.abort()

    def stall(self) -> None:
        """Connections stay, but nothing gets through: a telephone in a tunnel."""
        self._flowing.clear()

    def resume(self) -> None:
        """As if nothing had been."""
        self._whole = True
        self._flowing.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole or self.target is None:
            writer.transport.abort()
            return
        with suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection(*self.target)
            ends = {writer, far_writer}
            self._writers |= ends
            await asyncio.gather(self._pipe(reader, far_writer), self._pipe(far_reader, writer))
            self._writers -= ends

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
        with suppress(OSError):
            writer.close()


@asynccontextmanager
async def running_proxy() -> AsyncIterator[Proxy]:
    """A proxy on a free port; set its `target`."""
    proxy = Proxy()
    server = await asyncio.start_server(proxy._serve, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        proxy.resume()
        proxy.cut()
