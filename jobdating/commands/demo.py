"""The command `demo`: a fair that plays itself, on a database that is gone when it stops."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from jobdating import settings
from jobdating.app import create_app
from jobdating.clock import PlayedClock
from jobdating.serving import serve
from jobdating.simulation import crowd
from jobdating.simulation.fair import ZONE, Cast
from jobdating.simulation.staging import stage
from jobdating.web.demo import tell_clock
from jobdating.web.house import House


def run_demo(*, at: datetime, speed: float, port: int, seed: int) -> None:
    """Stage the fair as it is `at`, then play it `speed` times as fast as our time until told to stop."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the folder goes too
    with TemporaryDirectory(prefix="jobdating-demo-") as folder:
        url = f"sqlite:///{Path(folder) / 'demo.db'}"
        configured = settings.load(port=port, database_url=url, demo=True)
        cast = asyncio.run(stage(url, seed=seed, at=at))
        clock = PlayedClock(at, speed)

        @asynccontextmanager
        async def playing(home: House) -> AsyncIterator[None]:
            home.crowd = crowd.Crowd(home.db, cast, seed=seed)
            await tell_clock(home)
            async with crowd.running(home.crowd, clock):
                yield

        serve(create_app(configured, clock=clock, workers=[playing]), host="127.0.0.1", port=port)


def moment(text: str) -> datetime:
    """'2027-06-17 10:20' in the fair's own time. Raises ValueError."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(ZONE))


__all__ = ["Cast", "moment", "run_demo"]
