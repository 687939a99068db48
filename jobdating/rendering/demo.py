"""The live fragment of the demo's bar. Names and queries only."""

from jobdating.queries import demo
from jobdating.rendering.fragment import Fragment

FRAGMENTS: dict[str, Fragment] = {"demo-clock": Fragment(read=demo.clock)}
