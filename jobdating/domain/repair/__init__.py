"""What is done with the people of a stand that is late, gone or faster: who moves where, and what can go back. Pure."""

from jobdating.domain.repair.moving import Busy, Move, Outcome, Person, Place, Reason, Way, settle, suits
from jobdating.domain.repair.plan import NOTICE, Asked, Facts, Plan, agreed, plan
from jobdating.domain.repair.record import Left, PersonChange, Record, SlotChange, Spot, decode, encode
from jobdating.domain.repair.shifting import OwnSlot, Shift, SlotMove, shift
from jobdating.domain.repair.undoing import Holder, Now, Undoing, undo

__all__ = [
    "NOTICE",
    "Asked",
    "Busy",
    "Facts",
    "Holder",
    "Left",
    "Move",
    "Now",
    "Outcome",
    "OwnSlot",
    "Person",
    "PersonChange",
    "Place",
    "Plan",
    "Reason",
    "Record",
    "Shift",
    "SlotChange",
    "SlotMove",
    "Spot",
    "Undoing",
    "Way",
    "agreed",
    "decode",
    "encode",
    "plan",
    "settle",
    "shift",
    "suits",
    "undo",
]
