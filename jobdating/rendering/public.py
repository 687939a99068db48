"""The live fragments of the public pages. Names and queries only."""

from jobdating.queries import commitments, fair, stand, stand_rows
from jobdating.rendering.fragment import Fragment

FRAGMENTS: dict[str, Fragment] = {
    "fair-room": Fragment(read=fair.room),
    "stand-row": Fragment(read=stand_rows.stand_row),
    "stand-days": Fragment(read=stand.board),
    "stand-slots": Fragment(read=stand.board),
    "stand-status": Fragment(read=stand.status),
    "slot": Fragment(read=stand.slot),
    "commitments": Fragment(read=commitments.commitments),
}
