"""Every live fragment of the product, and how touched targets become HTML."""

from collections.abc import Iterable

from sqlalchemy import Connection

from jobdating.domain import topics
from jobdating.domain.topics import LIST_ROWS, OVERVIEWS, Target, Touch
from jobdating.queries import watching
from jobdating.rendering import candidate, organiser, public, recruiter
from jobdating.rendering.environment import render_fragment
from jobdating.rendering.fragment import Fragment

__all__ = ["FRAGMENTS", "LIST_ROWS", "OVERVIEWS", "render", "resolve", "watched"]

FRAGMENTS: dict[str, Fragment] = {
    **public.FRAGMENTS,
    **candidate.FRAGMENTS,
    **recruiter.FRAGMENTS,
    **organiser.FRAGMENTS,
}


def resolve(tx: Connection, touches: Iterable[Touch]) -> list[Target]:
    """The targets behind touches: selectors become everyone they mean. Order is stable."""
    targets = dict.fromkeys(touch for touch in touches if isinstance(touch, Target))
    waiters = [touch.stand_id for touch in touches if isinstance(touch, topics.WaitersOf)]
    for candidate_id in watching.waiters(tx, waiters):
        targets[topics.planning(candidate_id)] = None
    for touch in touches:
        if isinstance(touch, topics.StandsOf):
            for stand_id in watching.stands_of(tx, touch.candidate_id):
                targets |= dict.fromkeys(topics.cockpit(stand_id))
                targets[topics.wall_row(stand_id, touch.fair_id)] = None
    return list(targets)


def render(tx: Connection, targets: Iterable[Target], language: str) -> dict[Target, str | None]:
    """The HTML of each target now, None for what is gone. One snapshot: call it inside one read."""
    zones = watching.zones(tx)
    rendered: dict[Target, str | None] = {}
    for target in targets:
        fragment = FRAGMENTS.get(target.fragment)
        if fragment is None:
            continue
        view = fragment.read(tx, int(target.key))
        zone = zones.get(getattr(view, "fair_id", 0), "Europe/Paris")
        rendered[target] = None if view is None else render_fragment(target.fragment, view, language, zone=zone)
    return rendered


def watched(tx: Connection, names: Iterable[str]) -> list[Target]:
    """Every target that lives on these topics."""
    found: list[Target] = []
    for name in names:
        found += watching.targets(tx, name)
    return [target for target in found if target.fragment in FRAGMENTS]
