"""The hub: who is owed what, in memory."""

from jobdating.domain import topics
from jobdating.realtime.frame import Frame
from jobdating.realtime.hub import Hub, Mailbox

STAND = topics.stand(7)
SLOT = topics.slot(1, 7)
OTHER_SLOT = topics.slot(2, 7)
LIST = topics.stand_slots(7)
FOREIGN_SLOT = topics.slot(3, 8)


def mailbox(*names: str, language: str = "fr", account_id: int | None = None) -> Mailbox:
    return Mailbox(frozenset(names), language, account_id=account_id)


def at(cursor: str):  # type: ignore[no-untyped-def]
    return lambda topics: cursor


def test_a_change_reaches_those_who_watch_its_topic_in_their_language() -> None:
    hub = Hub()
    french, english, elsewhere = mailbox(STAND), mailbox(STAND, language="en"), mailbox("stand:8")
    for box in (french, english, elsewhere):
        hub.subscribe(box)
    hub.publish({STAND: {"fr": {SLOT: "pris"}, "en": {SLOT: "taken"}}}, at("e.1"))
    assert french.take().patches == {SLOT: "pris"}  # type: ignore[union-attr]
    assert english.take().patches == {SLOT: "taken"}  # type: ignore[union-attr]
    assert elsewhere.take() is None


def test_a_mailbox_holds_the_newest_patch_of_each_element_however_many_came() -> None:
    hub, box = Hub(), mailbox(STAND)
    hub.subscribe(box)
    for number in range(1000):
        hub.publish({STAND: {"fr": {SLOT: str(number), OTHER_SLOT: "x"}}}, at(f"e.{number}"))
    frame = box.take()
    assert frame is not None
    assert frame.patches == {SLOT: "999", OTHER_SLOT: "x"}
    assert frame.cursor == "e.999"


def test_those_who_are_owed_the_same_share_one_frame_also_when_they_lag() -> None:
    hub = Hub()
    boxes = [mailbox(STAND, f"candidate:{number}") for number in range(5)]
    for box in boxes:
        hub.subscribe(box)
    for number in range(3):
        hub.publish({STAND: {"fr": {SLOT: str(number)}}}, at(f"e.{number}"))
    assert len({id(box.pending) for box in boxes}) == 1


def test_a_list_drops_pending_patches_of_its_own_rows_only() -> None:
    older = Frame("e.1", {SLOT: "a", FOREIGN_SLOT: "b", topics.stand_status(7): "c"})
    both = older.followed_by(Frame("e.2", {LIST: "all"}))
    assert list(both.patches) == [FOREIGN_SLOT, topics.stand_status(7), LIST]


def test_a_newer_patch_moves_to_the_end() -> None:
    both = Frame("e.1", {LIST: "all", SLOT: "a"}).followed_by(Frame("e.2", {LIST: "all again", OTHER_SLOT: "b"}))
    assert list(both.patches.items()) == [(LIST, "all again"), (OTHER_SLOT, "b")]


def test_a_topic_without_patches_moves_the_cursor_on() -> None:
    hub, box = Hub(), mailbox(STAND)
    hub.subscribe(box)
    hub.publish({STAND: {"fr": {}}}, at("e.5"))
    frame = box.take()
    assert frame is not None
    assert (frame.cursor, dict(frame.patches)) == ("e.5", {})


def test_each_gets_the_cursor_of_its_own_topics() -> None:
    hub = Hub()
    behind, current = mailbox(STAND, "fair:1"), mailbox(STAND)
    hub.subscribe(behind)
    hub.subscribe(current)
    hub.publish({STAND: {"fr": {SLOT: "x"}}}, lambda names: "e.1" if "fair:1" in names else "e.2")
    assert behind.take().cursor == "e.1"  # type: ignore[union-attr]
    assert current.take().cursor == "e.2"  # type: ignore[union-attr]


def test_who_left_gets_nothing_and_leaves_nothing_behind() -> None:
    hub, box = Hub(), mailbox(STAND, account_id=3)
    hub.subscribe(box)
    hub.unsubscribe(box)
    hub.publish({STAND: {"fr": {SLOT: "x"}}}, at("e.1"))
    assert box.take() is None
    assert hub.watched() == {}
    assert len(hub) == 0


def test_only_the_connections_of_the_account_must_look_again() -> None:
    hub, looked = Hub(), []
    for account_id in (1, 1, 2, None):
        box = mailbox(STAND, account_id=account_id)
        box.on_doubt = lambda account_id=account_id: looked.append(account_id)  # type: ignore[misc]
        hub.subscribe(box)
    hub.doubt({1})
    assert looked == [1, 1]


def test_a_frame_is_one_websocket_message() -> None:
    frame = Frame("e.1", {SLOT: "<li>9:00</li>", OTHER_SLOT: None})
    assert frame.wire.endswith(frame.text.encode())
    assert frame.text == (
        '{"cursor":"e.1","patches":[{"target":"slot-1","html":"<li>9:00</li>"},{"target":"slot-2","html":null}]}'
    )
