"""The live fragments of the recruiter pages. Names and queries only."""

from jobdating.queries import cockpit, wall
from jobdating.rendering.fragment import Fragment

FRAGMENTS: dict[str, Fragment] = {
    "cockpit-head": Fragment(read=cockpit.board),
    "cockpit-now": Fragment(read=cockpit.board),
    "cockpit-queue": Fragment(read=cockpit.board),
    "cockpit-day": Fragment(read=cockpit.board),
    "led-stand": Fragment(read=wall.row),
}
