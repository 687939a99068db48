"""Sets the speed of a demo's clock, so that every open page learns it. Does not move the clock itself."""

import json
from datetime import datetime

from sqlalchemy import Connection

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events
from jobdating.queries.demo import CLOCK, DemoClock


def tell_clock(tx: Connection, clock: DemoClock, *, now: datetime) -> None:
    """Write down how the demo's time runs from here on."""
    told = {"rate": clock.rate, "moment": clock.moment.isoformat(), "since": clock.since.isoformat()}
    tx.execute(t.meta.delete().where(t.meta.c.key == CLOCK))
    tx.execute(t.meta.insert().values(key=CLOCK, value=json.dumps(told)))
    journal.append(tx, events.DemoClockSet(fair_id=None), at=now)
