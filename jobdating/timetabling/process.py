"""Runs the solver in a process of its own, so that neither the event loop nor the writer ever waits for it.

One process a question: it takes its jobs from its input and gives each result when it has it, so that progress can be
shown, and its memory goes with it. Who stops listening ends it.
"""

import asyncio
import pickle
import sys
from collections.abc import AsyncGenerator, Iterable
from typing import Any

from jobdating.domain.timetable import Malformed, Mistake
from jobdating.timetabling.work import Job, Result, do

LENGTH = 8  # bytes before each result that say how long it is


class Failed(Exception):
    """The process ended without its results."""


async def run(jobs: Iterable[Job]) -> AsyncGenerator[Result, None]:
    """The results, in the order of the jobs, each as soon as it is there. Raises Malformed, Failed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "jobdating.timetabling.process",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    wanted = tuple(jobs)
    try:
        process.stdin.write(await asyncio.to_thread(pickle.dumps, wanted))
        process.stdin.write_eof()
        for _ in wanted:
            yield await _result(process.stdout)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _result(stdout: asyncio.StreamReader) -> Result:
    try:
        length = int.from_bytes(await stdout.readexactly(LENGTH), "big")
        # Our own process wrote it: nothing else can reach this pipe.
        found: Any = pickle.loads(await stdout.readexactly(length))  # noqa: S301
    except asyncio.IncompleteReadError as error:
        raise Failed() from error
    if isinstance(found, tuple):
        raise Malformed(found)
    result: Result = found
    return result


def _main() -> None:
    jobs: tuple[Job, ...] = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 (from `run`, in our own process)
    for job in jobs:
        result: Result | tuple[Mistake, ...]
        try:
            result = do(job)
        except Malformed as malformed:
            result = malformed.mistakes
        told = pickle.dumps(result)
        sys.stdout.buffer.write(len(told).to_bytes(LENGTH, "big") + told)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _main()
