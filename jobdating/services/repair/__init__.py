"""Does to the people of a stand what somebody agreed to, as a whole or not at all, and takes it back as a whole."""

from jobdating.services.repair.agreeing import carry_out
from jobdating.services.repair.undoing import UndoOver, settle, undo

__all__ = ["UndoOver", "carry_out", "settle", "undo"]
