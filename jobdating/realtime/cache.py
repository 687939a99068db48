"""Rendered elements that are still true, within a bound of memory."""

from collections import OrderedDict
from collections.abc import Iterable

from jobdating.domain.topics import Target

BYTES = 32 * 1024 * 1024
_OVERHEAD = 200  # of an entry, beside its text

Key = tuple[Target, str]  # element, language


class Cache:
    """The HTML of elements, in each language, until they change; the one used longest ago goes first."""

    def __init__(self, limit: int = BYTES) -> None:
        self._limit = limit
        self._size = 0
        self._html: OrderedDict[Key, str | None] = OrderedDict()

    def __contains__(self, key: Key) -> bool:
        return key in self._html

    def get(self, key: Key) -> str | None:
        """The HTML, or None for an element that is gone. Raises KeyError when it is not known."""
        html = self._html[key]
        self._html.move_to_end(key)
        return html

    def put(self, key: Key, html: str | None) -> None:
        self._drop(key)
        self._html[key] = html
        self._size += _size(html)
        while self._size > self._limit:
            self._drop(next(iter(self._html)))

    def forget(self, targets: Iterable[Target], languages: Iterable[str]) -> None:
        """The elements changed: what we hold of them is no longer true."""
        languages = tuple(languages)
        for target in targets:
            for language in languages:
                self._drop((target, language))

    def _drop(self, key: Key) -> None:
        if key in self._html:
            self._size -= _size(self._html.pop(key))


def _size(html: str | None) -> int:
    return _OVERHEAD + (len(html) * 2 if html else 0)
