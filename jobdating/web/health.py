"""Is the process up, and is it able to serve."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse

from jobdating.db import journal
from jobdating.web.house import house


async def healthz(request: Request) -> JSONResponse:
    """The process answers."""
    return JSONResponse({"status": "up"})


async def readyz(request: Request) -> JSONResponse:
    """The database answers and the relay keeps up; 503 otherwise."""
    home = house(request)
    try:
        async with asyncio.timeout(2):
            await home.db.read(journal.head)
    except Exception as error:  # whatever it is, we are not ready
        return JSONResponse({"status": "not ready", "database": type(error).__name__}, status_code=503)
    behind = home.relay is not None and not home.relay.keeps_up()
    return JSONResponse(
        {"status": "not ready" if behind else "ready", "relay": not behind}, status_code=503 if behind else 200
    )
