"""Waiting for a condition, instead of sleeping and hoping."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable


async def eventually(condition: Callable[[], bool | Awaitable[bool]], *, within: float = 20.0) -> None:
    """Return soon after the condition holds. Raises TimeoutError after `within` seconds.

    Asks less often the longer it takes: what is waited for needs the processor too.
    """
    pause = 0.01
    async with asyncio.timeout(within):
        while True:
            answer = condition()
            if await answer if inspect.isawaitable(answer) else answer:
                return
            await asyncio.sleep(pause)
            pause = min(pause * 1.2, 0.25)
