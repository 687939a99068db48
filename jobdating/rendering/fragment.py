"""What a fragment is: a name, and the query that reads all it shows. Each role lists its own in a module here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection


@dataclass(frozen=True)
class Fragment:
    """`read(tx, id)` gives the frozen view model that `templates/fragments/NAME.html` draws as `view`.

    None means that the thing is gone: the element is removed. The view never depends on the time of rendering.
    """

    read: Callable[[Connection, int], Any]
