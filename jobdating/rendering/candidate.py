"""The live fragments of the candidate pages. Names and queries only."""

from jobdating.queries import planning, told
from jobdating.rendering.fragment import Fragment

FRAGMENTS: dict[str, Fragment] = {
    "planning": Fragment(read=planning.planning),
    "announcements": Fragment(read=told.announcements),
}
