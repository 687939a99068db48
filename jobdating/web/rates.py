"""How often somebody may act: each account and token on its own, a network of strangers generously. Per process.

Signing in counts its attempts in the database, per address and per network. A school behind one address is many
accounts, so it is never held back together. Reading is free.
"""

import math
from dataclasses import dataclass, field

from jobdating.domain.errors import TooMany

KEYS = 20_000  # beyond it those who may do everything again are forgotten


@dataclass
class Rate:
    """`burst` at once, then `per_second`. Keeps a moment for each key: when all of its burst is there again.

    The generic cell rate algorithm (ITU-T I.371): one number a key, no timer. The library that was tried walks all keys
    after each hit: 50 µs with 500 accounts.
    """

    per_second: float
    burst: int
    _whole_at: dict[str, float] = field(default_factory=dict)

    def take(self, key: str, now: float) -> None:
        """Count one. Raises TooMany, and counts nothing, when the burst is used up."""
        whole_at = max(now, self._whole_at.get(key, now)) + 1 / self.per_second
        wait = whole_at - now - self.burst / self.per_second
        if wait > 1e-9:
            raise TooMany(retry_after=math.ceil(wait))
        self._whole_at[key] = whole_at
        if len(self._whole_at) > KEYS:
            self._whole_at = {key: moment for key, moment in self._whole_at.items() if moment > now}


@dataclass
class Rates:
    """The limits of one process."""

    account: Rate = field(default_factory=lambda: Rate(200, 1_000))
    strangers: Rate = field(default_factory=lambda: Rate(20, 600))
    uploads: Rate = field(default_factory=lambda: Rate(1 / 30, 20))
