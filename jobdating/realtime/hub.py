"""Fan frames out to the mailboxes of those who watch. Performs no I/O and never waits for anybody.

Invariants:
- A mailbox holds the newest patch of each element, not a queue: somebody who does not read costs a few patches.
- Mailboxes that are owed the same hold the same frame, so it is encoded once however many they are.
- A frame's cursor never runs ahead of what its mailbox was given.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from jobdating.realtime.frame import Frame, Patches

Key = TypeVar("Key")
CursorFor = Callable[[frozenset[str]], str]
# Patches of each topic that changed, in each language somebody watches it in.
Changes = Mapping[str, Mapping[str, Patches]]


class Mailbox:
    """What one page is still owed. `on_mail` is called, in the event loop, each time something is put in."""

    __slots__ = ("account_id", "language", "on_doubt", "on_mail", "pending", "topics")

    def __init__(
        self,
        topics: frozenset[str],
        language: str,
        *,
        account_id: int | None = None,
        on_mail: Callable[[], None] = lambda: None,
        on_doubt: Callable[[], None] = lambda: None,
    ) -> None:
        self.topics = topics
        self.language = language
        self.account_id = account_id
        self.on_mail = on_mail
        self.on_doubt = on_doubt
        self.pending: Frame | None = None

    def take(self) -> Frame | None:
        """Everything that is owed, as one frame; the mailbox is empty afterwards."""
        frame, self.pending = self.pending, None
        return frame


class Hub:
    """Who watches which topic, in this process."""

    def __init__(self) -> None:
        self._watchers: dict[str, dict[str, dict[Mailbox, None]]] = {}  # by topic, by language
        self._mailboxes: dict[Mailbox, None] = {}
        self._accounts: dict[int, dict[Mailbox, None]] = {}

    def __len__(self) -> int:
        return len(self._mailboxes)

    def subscribe(self, mailbox: Mailbox) -> None:
        """From now on the mailbox gets every change of its topics."""
        self._mailboxes[mailbox] = None
        for topic in mailbox.topics:
            self._watchers.setdefault(topic, {}).setdefault(mailbox.language, {})[mailbox] = None
        if mailbox.account_id is not None:
            self._accounts.setdefault(mailbox.account_id, {})[mailbox] = None

    def unsubscribe(self, mailbox: Mailbox) -> None:
        self._mailboxes.pop(mailbox, None)
        for topic in mailbox.topics:
            languages = self._watchers.get(topic)
            if languages is not None:
                _discard(languages, mailbox.language, mailbox)
                if not languages:
                    del self._watchers[topic]
        if mailbox.account_id is not None:
            _discard(self._accounts, mailbox.account_id, mailbox)

    def languages(self, topic: str) -> frozenset[str]:
        """The languages in which somebody watches the topic."""
        return frozenset(self._watchers.get(topic, ()))

    def watched(self) -> dict[str, frozenset[str]]:
        """Every watched topic, with its languages, as it is now."""
        return {topic: frozenset(languages) for topic, languages in self._watchers.items()}

    def publish(self, changes: Changes, cursor_for: CursorFor) -> None:
        """Give every watcher of a changed topic its patches. A topic without patches still moves the cursor on."""
        if len(changes) == 1:
            self._publish_one(*next(iter(changes.items())), cursor_for)
            return
        owed: dict[Mailbox, list[str]] = {}
        for topic in changes:
            for mailboxes in self._watchers.get(topic, {}).values():
                for mailbox in mailboxes:
                    owed.setdefault(mailbox, []).append(topic)
        frames: dict[tuple[str, str, tuple[str, ...]], Frame] = {}
        merged: dict[tuple[Frame, Frame], Frame] = {}
        for mailbox, topics in owed.items():
            key = (cursor_for(mailbox.topics), mailbox.language, tuple(topics))
            frame = frames.get(key)
            if frame is None:
                frame = frames[key] = _frame(changes, *key)
            _put(mailbox, frame, merged)

    def _publish_one(self, topic: str, by_language: Mapping[str, Patches], cursor_for: CursorFor) -> None:
        """What most ticks are: one topic changed, and nobody's share of it must be put together."""
        merged: dict[tuple[Frame, Frame], Frame] = {}
        for language, mailboxes in self._watchers.get(topic, {}).items():
            patches = by_language.get(language, {})
            frames: dict[str, Frame] = {}
            for mailbox in mailboxes:
                cursor = cursor_for(mailbox.topics)
                frame = frames.get(cursor)
                if frame is None:
                    frame = frames[cursor] = Frame(cursor, patches)
                _put(mailbox, frame, merged)

    def beat(self, cursor_for: CursorFor) -> None:
        """Tell everybody that we are here, and where they are."""
        frames: dict[str, Frame] = {}
        merged: dict[tuple[Frame, Frame], Frame] = {}
        for mailbox in list(self._mailboxes):
            cursor = cursor_for(mailbox.topics)
            _put(mailbox, frames.setdefault(cursor, Frame(cursor, {})), merged)

    def doubt(self, account_ids: Iterable[int]) -> None:
        """The rights of these accounts changed: their connections must look again."""
        for account_id in account_ids:
            for mailbox in list(self._accounts.get(account_id, ())):
                mailbox.on_doubt()

    def doubt_all(self) -> None:
        """Every connection must look again: the server is about to stop."""
        for mailbox in list(self._mailboxes):
            mailbox.on_doubt()


def _frame(changes: Changes, cursor: str, language: str, topics: tuple[str, ...]) -> Frame:
    if len(topics) == 1:
        return Frame(cursor, changes[topics[0]].get(language, {}))
    return Frame(
        cursor, {target: html for topic in topics for target, html in changes[topic].get(language, {}).items()}
    )


def _put(mailbox: Mailbox, frame: Frame, merged: dict[tuple[Frame, Frame], Frame]) -> None:
    older = mailbox.pending
    if older is not None:
        both = merged.get((older, frame))
        if both is None:
            both = merged[(older, frame)] = older.followed_by(frame)
        frame = both
    mailbox.pending = frame
    mailbox.on_mail()


def _discard(index: dict[Key, dict[Mailbox, None]], key: Key, mailbox: Mailbox) -> None:
    watchers = index.get(key)
    if watchers is not None:
        watchers.pop(mailbox, None)
        if not watchers:
            del index[key]
