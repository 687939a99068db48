"""The live fragments of the organiser pages. Names and queries only."""

from jobdating.rendering.fragment import Fragment

FRAGMENTS: dict[str, Fragment] = {}
