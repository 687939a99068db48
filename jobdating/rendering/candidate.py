"""The live fragments of the candidate pages. Names and queries only."""

from jobdating.queries import demand, planning, told
from jobdating.rendering.fragment import Fragment

FRAGMENTS: dict[str, Fragment] = {
    "planning": Fragment(read=planning.planning),
    "announcements": Fragment(read=told.announcements),
    "wish-outcomes": Fragment(read=demand.outcomes),
    "wish-demand": Fragment(read=demand.demand),
}
