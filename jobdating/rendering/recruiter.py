"""The live fragments of the recruiter pages. Names and queries only."""

from jobdating.rendering.fragment import Fragment

FRAGMENTS: dict[str, Fragment] = {}
