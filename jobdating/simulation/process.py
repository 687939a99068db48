"""Plays a rehearsal in a process of its own, so that a server goes on serving: it is nice, bounded, and ends with us.

The process gets a copy of the rows and answers in lines of JSON: the share that is played, and after each draw what all
so far say. It never sees the database. When nobody listens any more its next line fails, and it ends.
"""

import asyncio
import json
import os
import pickle
import resource
import sys
import threading
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from typing import Any

from jobdating.simulation import draws
from jobdating.simulation.rehearsal import NothingToPlay, Plan, Rows
from jobdating.simulation.variations import Variation

MOST = 3600.0  # seconds that a rehearsal may take: what was drawn by then stays
NICE = 10  # whoever uses the server goes first
MEMORY = 2 << 30  # bytes: what is beyond ends the process, not the server
TELLS = 0.5  # seconds between two lines
LINE = 4_000_000  # bytes of a result at most
ROWS = 2_000  # that are written in one go: so long the server thinks of nothing else
Said = dict[str, Any]  # {"share": 0.4}, {"result": […]} after each draw, {"done": true} or {"fault": "…"} at the end

_SPEAKING = threading.Lock()


class TooLong(Exception):
    """It was not done in its time."""


async def run(
    rows: Rows, fair_id: int, plan: Plan, variations: Sequence[Variation], *, most: float = MOST
) -> AsyncGenerator[Said, None]:
    """What the process says, line by line. Raises TooLong; ends without a result when the process dies."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "jobdating.simulation.process",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LINE,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    clock = asyncio.get_running_loop().time
    ends_at = clock() + most
    try:
        await asyncio.wait_for(_hand_over(process.stdin, rows, (fair_id, plan, tuple(variations))), most)
        while line := await asyncio.wait_for(process.stdout.readline(), ends_at - clock()):
            yield json.loads(line)
    except TimeoutError as error:
        raise TooLong() from error
    except ConnectionError:  # it died before it had read all: no result
        return
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        await process.wait()


async def _hand_over(pipe: asyncio.StreamWriter, rows: Rows, asked: tuple[Any, ...]) -> None:
    pipe.write(pickle.dumps(asked))
    for name, some in rows.items():
        for start in range(0, len(some), ROWS):
            pipe.write(pickle.dumps((name, some[start : start + ROWS])))
            await pipe.drain()
    pipe.write(pickle.dumps(None))
    pipe.write_eof()


def _given() -> tuple[Rows, tuple[Any, ...]]:
    pipe = sys.stdin.buffer
    asked = pickle.load(pipe)  # noqa: S301 (from `run`, in our own process)
    rows: Rows = {}
    while (part := pickle.load(pipe)) is not None:  # noqa: S301
        rows.setdefault(part[0], []).extend(part[1])
    return rows, asked


def _main() -> None:
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    rows, asked = _given()
    far = [0.0]
    threading.Thread(target=_tell, args=(far,), daemon=True).start()

    def tell(share: float) -> None:
        far[0] = share

    try:
        for result in draws.play(rows, *asked, tell=tell):
            _say({"result": result})
        _say({"done": True})
    except NothingToPlay:
        _say({"fault": "nothing_to_play"})


def _tell(far: list[float]) -> None:
    """Say now and then how far it is: so that we are known to live, and end when nobody listens any more."""
    while True:
        try:
            _say({"share": far[0]})
        except OSError:
            os._exit(1)
        time.sleep(TELLS)


def _say(said: Said) -> None:
    with _SPEAKING:
        sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _main()
