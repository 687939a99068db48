"""Where an interview is held: one module a provider. Makes addresses, opens no page and writes nothing.

A room is described before it is opened, so that people see where a button leads; its address is made at the click
and never stored, because it lets in whoever holds it.
"""

from jobdating.rooms.providers import Servers, address, describe
from jobdating.rooms.room import Guest, Meeting, Room, RoomUnavailable, Way, unguessable

__all__ = ["Guest", "Meeting", "Room", "RoomUnavailable", "Servers", "Way", "address", "describe", "unguessable"]
