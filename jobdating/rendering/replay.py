"""What a page that replays a day needs to go from one moment to another: the fragments that changed, as a frame has them."""

from collections.abc import Collection
from typing import Any

from jobdating.queries.replay import Wall
from jobdating.rendering.environment import render_fragment


def patches(wall: Wall, changed: Collection[int] | None, language: str, *, zone: str) -> list[dict[str, Any]]:
    """The figures, what needs a hand, the attendance, and the rows of `changed` stands (None: of all)."""
    views = [("wall-figures", wall.figures.fair_id, wall.figures), ("wall-trouble", wall.trouble.fair_id, wall.trouble)]
    views.append(("wall-attendance", wall.attendance.fair_id, wall.attendance))
    views += [("wall-row", row.stand_id, row) for row in wall.rows if changed is None or row.stand_id in changed]
    return [
        {"target": f"{name}-{key}", "html": render_fragment(name, view, language, zone=zone)}
        for name, key, view in views
    ]
