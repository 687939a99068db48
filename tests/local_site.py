"""Another site on this machine, whose answers a test decides: what our own requests are sent to."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

Answer = Callable[[str, str], tuple[int, Any]]  # path and body to status and JSON


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[str]:
    """Serve on a free port; the address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lengths = [line.partition(":")[2] for line in head.splitlines() if line.lower().startswith("content-length:")]
        body = (await reader.readexactly(int(lengths[0]) if lengths else 0)).decode()
        status, told = answer(head.split(" ")[1], body)
        text = json.dumps(told).encode()
        headers = f"content-type: application/json\r\ncontent-length: {len(text)}\r\nconnection: close"
        writer.write(f"HTTP/1.1 {status} Told\r\n{headers}\r\n\r\n".encode() + text)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
