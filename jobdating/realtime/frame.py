"""What goes out to an open page: the newest HTML of some of its elements, and the cursor to resume from.

A frame is immutable and shared by everybody who is owed the same, so it is encoded once.
"""

import json
from collections.abc import Mapping
from functools import cached_property

from websockets.frames import Frame as Message
from websockets.frames import Opcode

from jobdating.domain.topics import LIST_ROWS, Target

Patches = Mapping[Target, str | None]  # HTML of each element, None when it is gone; in the order to apply

LISTS = frozenset(LIST_ROWS.values())


class Frame:
    """`cursor` is where to resume after this frame; `patches` may be empty: then only the cursor moves on."""

    def __init__(self, cursor: str, patches: Patches) -> None:
        self.cursor = cursor
        self.patches = patches

    @cached_property
    def text(self) -> str:
        """As the long poll sends it."""
        patches = [{"target": target.element, "html": html} for target, html in self.patches.items()]
        return json.dumps({"cursor": self.cursor, "patches": patches}, ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def wire(self) -> bytes:
        """As the socket sends it: a whole WebSocket text message, the same bytes for every connection."""
        return Message(Opcode.TEXT, self.text.encode()).serialize(mask=False)

    def followed_by(self, newer: "Frame") -> "Frame":
        """Both as one: the newest of each element, in the order of its newest patch.

        A list brings all of its rows, so patches of rows that came before it are dropped.
        """
        patches = dict(self.patches)
        for target, html in newer.patches.items():
            if target.fragment in LISTS:
                for row in [older for older in patches if is_row_of(older, target)]:
                    del patches[row]
            patches.pop(target, None)
            patches[target] = html
        return Frame(newer.cursor, patches)


def is_row_of(target: Target, of: Target) -> bool:
    """Whether `of` is the list that the element is a row of."""
    return LIST_ROWS.get(target.fragment) == of.fragment and target.topic == of.topic
