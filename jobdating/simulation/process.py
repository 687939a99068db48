"""Plays a rehearsal in a process of its own, so that a server goes on serving: it is nice, bounded, and ends with us.

The process gets a copy of the rows and answers in lines of JSON: the share that is played, then the result. It never
sees the database. When nobody listens any more its next line fails, and it ends.
"""

import asyncio
import json
import os
import pickle
import sys
import threading
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from typing import Any

from jobdating.simulation.rehearsal import NothingToPlay, Plan, Rows, rehearse
from jobdating.simulation.variations import Variation

MOST = 900.0  # seconds that a rehearsal may take
TELLS = 0.5  # seconds between two lines
LINE = 4_000_000  # bytes of a result at most
Said = dict[str, Any]  # {"share": 0.4}, at the end {"result": […]} or {"fault": "…"}


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
        process.stdin.write(await asyncio.to_thread(pickle.dumps, (rows, fair_id, plan, tuple(variations))))
        process.stdin.write_eof()
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


def _main() -> None:
    os.nice(10)
    rows, fair_id, plan, variations = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 (from `run`, in our own process)
    far = [0.0]
    threading.Thread(target=_tell, args=(far,), daemon=True).start()

    def tell(share: float) -> None:
        far[0] = share

    try:
        played = rehearse(rows, fair_id, plan, variations, tell=tell)
    except NothingToPlay:
        _say({"fault": "nothing_to_play"})
    else:
        _say({"result": [each.plain() for each in played]})


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
