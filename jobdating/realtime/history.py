"""Remembers which elements changed, and after which position: what a page that comes back has missed. In memory."""

from collections.abc import Iterable
from itertools import chain

from jobdating.domain.topics import Target

KEPT = 100_000  # elements; beyond it the oldest half is forgotten


class History:
    """The last change of each element since `known_since`."""

    def __init__(self, known_since: int) -> None:
        self.known_since = known_since
        self._changes: dict[str, dict[Target, int]] = {}  # by topic; in the order of change
        self._count = 0

    def touch(self, targets: Iterable[Target], position: int) -> None:
        """These elements changed; `position` is the one after the change."""
        for target in targets:
            of_topic = self._changes.setdefault(target.topic, {})
            self._count += of_topic.pop(target, None) is None
            of_topic[target] = position
        if self._count > KEPT:
            self._forget()

    def since(self, topics: Iterable[str], position: int) -> list[Target] | None:
        """Elements of the topics that changed after `position`; None when that is further back than is known."""
        if position < self.known_since:
            return None
        return [
            target for topic in topics for target, changed in self._changes.get(topic, {}).items() if changed > position
        ]

    def _forget(self) -> None:
        positions = sorted(chain.from_iterable(of_topic.values() for of_topic in self._changes.values()))
        self.known_since = positions[len(positions) // 2]
        kept = {
            topic: {target: position for target, position in of_topic.items() if position > self.known_since}
            for topic, of_topic in self._changes.items()
        }
        self._changes = {topic: of_topic for topic, of_topic in kept.items() if of_topic}
        self._count = sum(map(len, self._changes.values()))
