"""What every request can reach, made once by the composition root."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.requests import HTTPConnection

from jobdating.clock import Clock
from jobdating.db.engine import Database
from jobdating.settings import Settings
from jobdating.web.rates import Rates

if TYPE_CHECKING:
    from jobdating.realtime.presence import Presence
    from jobdating.realtime.relay import Relay


@dataclass
class House:
    """The parts of a running product. `crowd` is the demo's simulated crowd, None outside a demo."""

    settings: Settings
    clock: Clock
    db: Database
    relay: "Relay | None" = None
    presence: "Presence | None" = None
    crowd: Any = None
    rates: Rates = field(default_factory=Rates)
    extras: dict[str, Any] = field(default_factory=dict)

    def the_relay(self) -> "Relay":
        """The relay of a product that serves. Every server runs one."""
        assert self.relay is not None
        return self.relay

    def the_presence(self) -> "Presence":
        assert self.presence is not None
        return self.presence


def house(connection: HTTPConnection) -> House:
    found: House = connection.app.state.house
    return found
