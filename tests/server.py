"""The product as a process of its own, to be killed and started again."""

import asyncio
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.canaries import leaks_in


@dataclass(frozen=True)
class Server:
    """A running `jobdating serve`."""

    url: str
    process: asyncio.subprocess.Process

    async def kill(self) -> None:
        """SIGKILL: no warning, no last word."""
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()


def _read(file: IO[bytes]) -> str:
    """What a server wrote to its log, which is shown with a test that fails."""
    with file:
        file.seek(0)
        log = file.read().decode(errors="replace")
    sys.stderr.write(log)
    return log


@asynccontextmanager
async def running_server(
    *arguments: str,
    command: str = "serve",
    cwd: Path | None = None,
    stderr: IO[bytes] | None = None,
    **environment: str,
) -> AsyncIterator[Server]:
    """Start the command on a free port, wait until it says that it is ready, and end it in order."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = tempfile.TemporaryFile()  # noqa: SIM115 (closed when it was read)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "jobdating", command, "--port", str(port), *arguments,
        env={name: value for name, value in os.environ.items() if not name.startswith("JOBDATING_")} | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=stderr or said,
        cwd=cwd,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        async with asyncio.timeout(180):
            while line := (await process.stdout.readline()).decode():
                if "http://" in line:
                    break
            else:
                raise RuntimeError("the server ended before it was ready")
        yield Server(f"http://127.0.0.1:{port}", process)
    finally:
        if process.returncode is None:
            process.terminate()
            async with asyncio.timeout(15):
                await process.wait()
        log = _read(said)
    assert not (leaks := leaks_in(log)), leaks
