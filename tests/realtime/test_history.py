"""What changed since when, and when that is not known any more."""

from jobdating.domain import topics
from jobdating.realtime import history
from jobdating.realtime.cache import Cache
from jobdating.realtime.history import History

ONE, TWO = topics.slot(1, 7), topics.slot(2, 8)


def test_only_what_changed_after_the_position_on_these_topics() -> None:
    remembered = History(10)
    remembered.touch([ONE], 11)
    remembered.touch([TWO], 12)
    assert remembered.since({"stand:7", "stand:8"}, 11) == [TWO]
    assert remembered.since({"stand:7"}, 10) == [ONE]
    assert remembered.since({"stand:7"}, 12) == []


def test_an_older_position_is_not_known() -> None:
    assert History(10).since({"stand:7"}, 9) is None


def test_what_is_forgotten_is_not_claimed_to_be_known(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(history, "KEPT", 4)
    remembered = History(0)
    for number in range(1, 7):
        remembered.touch([topics.slot(number, 7)], number)
    assert remembered.known_since > 0
    assert remembered.since({"stand:7"}, remembered.known_since - 1) is None
    kept = remembered.since({"stand:7"}, remembered.known_since)
    assert kept == [topics.slot(number, 7) for number in range(remembered.known_since + 1, 7)]


def test_the_cache_drops_what_was_used_longest_ago_to_stay_in_its_bound() -> None:
    cache = Cache(limit=2_000)
    keys = [(topics.slot(number, 7), "fr") for number in range(4)]
    for key in keys[:3]:
        cache.put(key, "x" * 200)  # 600 bytes each
    cache.get(keys[0])
    cache.put(keys[3], "x" * 200)
    assert [key in cache for key in keys] == [True, False, True, True]


def test_the_cache_forgets_an_element_in_every_language() -> None:
    cache = Cache()
    for language in ("fr", "en"):
        cache.put((ONE, language), None)
    cache.forget([ONE], ["fr", "en"])
    assert (ONE, "fr") not in cache
    assert (ONE, "en") not in cache
