"""Every live fragment of the product, and how touched targets become HTML."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from jobdating.domain import topics
from jobdating.domain.topics import LIST_ROWS, OVERVIEWS, Target, Touch
from jobdating.queries import watching
from jobdating.rendering import candidate, demo, organiser, public, recruiter
from jobdating.rendering.environment import render_fragment
from jobdating.rendering.fragment import Fragment
from jobdating.rendering.words import PARIS

__all__ = ["FRAGMENTS", "LIST_ROWS", "OVERVIEWS", "render", "resolve", "watched"]

logger = logging.getLogger(__name__)

FRAGMENTS: dict[str, Fragment] = {
    **public.FRAGMENTS,
    **candidate.FRAGMENTS,
    **recruiter.FRAGMENTS,
    **organiser.FRAGMENTS,
    **demo.FRAGMENTS,
}


def resolve(tx: Connection, touches: Iterable[Touch]) -> list[Target]:
    """The targets behind touches: selectors become everyone they mean. Order is stable."""
    touches = list(touches)
    targets = dict.fromkeys(touch for touch in touches if isinstance(touch, Target))
    lines = {touch.stand_id for touch in touches if isinstance(touch, topics.WaitersOf)}
    for candidate_id in watching.waiters(tx, lines):
        targets[topics.planning(candidate_id)] = None
    shown = {touch.stand_id for touch in touches if isinstance(touch, topics.ShownBy)}
    for candidate_id in watching.holders(tx, shown):
        targets |= dict.fromkeys(topics.own(candidate_id))
    for candidate_id in watching.wishers(tx, shown):
        targets[topics.wish_outcomes(candidate_id)] = None
    for stand_id in watching.colleagues(tx, shown):
        targets |= dict.fromkeys(topics.cockpit(stand_id))
    gaps = {touch.gap_id for touch in touches if isinstance(touch, topics.OfferedIn)}
    for candidate_id in watching.offered(tx, gaps):
        targets[topics.planning(candidate_id)] = None
    people = {touch.candidate_id for touch in touches if isinstance(touch, topics.StandsOf)}
    for stand_id, fair_id in watching.stands_of(tx, people):
        targets |= dict.fromkeys(topics.cockpit(stand_id))
        targets[topics.wall_row(stand_id, fair_id)] = None
        targets[topics.stand_sheet(stand_id)] = None
        targets[topics.led_stand(stand_id)] = None
    for touch in {touch for touch in touches if isinstance(touch, topics.WishedBy)}:
        wished = watching.wished_by(tx, touch.candidate_id)
        targets |= dict.fromkeys(topics.wish_demand(stand_id, touch.fair_id) for stand_id in wished)
    for fair_id in {touch.fair_id for touch in touches if isinstance(touch, topics.StandsOfFair)}:
        for stand_id in watching.stands(tx, fair_id):
            targets |= dict.fromkeys((topics.wall_row(stand_id, fair_id), topics.stand_sheet(stand_id)))
            targets[topics.led_stand(stand_id)] = None
            targets[topics.wish_demand(stand_id, fair_id)] = None
            targets |= dict.fromkeys(topics.cockpit(stand_id))
            targets |= dict.fromkeys(
                (topics.stand_row(stand_id, fair_id), *sorted(topics.stand_page(stand_id), key=_element))
            )
    for fair_id in {touch.fair_id for touch in touches if isinstance(touch, topics.CandidatesOf)}:
        for candidate_id in watching.readers(tx, fair_id, stand_id=None, site_id=None):
            targets |= dict.fromkeys(topics.own(candidate_id))
    for sent in {touch for touch in touches if isinstance(touch, topics.ReadersOf)}:
        readers = watching.readers(tx, sent.fair_id, stand_id=sent.stand_id, site_id=sent.site_id)
        targets |= dict.fromkeys(topics.announcements(candidate_id) for candidate_id in readers)
    return list(targets)


def _element(target: Target) -> str:
    return target.element


def render(tx: Connection, wanted: Mapping[Target, Iterable[str]]) -> dict[tuple[Target, str], str | None]:
    """The HTML of each target in each language it is wanted in; None for what is gone.

    One snapshot, and one reading of a target for all its languages: call it inside one read. A fragment that fails is
    logged and left out, so that it keeps nobody from seeing the others.
    """
    zones = watching.zones(tx)
    views: dict[tuple[Any, str], Any] = {}  # several fragments may show one view
    rendered: dict[tuple[Target, str], str | None] = {}
    for target, languages in wanted.items():
        try:
            read = FRAGMENTS[target.fragment].read
            if (read, target.key) not in views:
                views[read, target.key] = read(tx, int(target.key))
            view = views[read, target.key]
            zone = zones.get(getattr(view, "fair_id", 0), PARIS)
            for language in languages:
                html = None if view is None else render_fragment(target.fragment, view, language, zone=zone)
                rendered[target, language] = html
        except Exception:
            logger.exception("the fragment %s cannot be rendered", target.element)
    return rendered


def watched(tx: Connection, names: Iterable[str]) -> list[Target]:
    """Every target that lives on these topics."""
    found: list[Target] = []
    for name in names:
        found += watching.targets(tx, name)
    return [target for target in found if target.fragment in FRAGMENTS]
