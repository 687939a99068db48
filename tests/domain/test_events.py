"""Every event survives the journal, and tells somebody."""

from dataclasses import fields
from typing import Any

import pytest

from jobdating.domain import events, topics
from jobdating.domain.topics import Target

# Told by other means than a fragment: sockets close, the log of reads, the day's turn.
SILENT = {
    "RightsChanged", "DocumentRead", "InterviewsExported", "FairExported", "NotesRead", "SignedIn", "AccountErased",
    "SecondFactorHeld", "SecondFactorChanged", "SignInRefused", "ProfileRead", "ParentAsked", "KeepingChanged",
    "PaperChanged",
    "AdultChanged", "AuditExported", "OpinionGiven", "PairDecided", "WishesAsked", "PolicyWeighed", "TimetableDrafted",
}  # fmt: skip


def sample(kind: type[events.Event]) -> events.Event:
    values: dict[str, Any] = {
        field.name: {"str": "x", "bool": True, "list[int]": [1]}.get(
            str(field.type).split(" ")[0].removeprefix("<class '").rstrip("'>"), 1
        )
        for field in fields(kind)
    }
    return kind(**values)


@pytest.mark.parametrize("kind", events.KINDS.values(), ids=events.KINDS)
def test_an_event_comes_back_as_it_was(kind: type[events.Event]) -> None:
    event = sample(kind)
    assert events.decode(*events.encode(event)) == event


@pytest.mark.parametrize("kind", events.KINDS.values(), ids=events.KINDS)
def test_what_an_event_touches_belongs_to_one_topic(kind: type[events.Event]) -> None:
    touched = topics.touched(sample(kind))
    assert bool(touched) is (kind.__name__ not in SILENT)
    elements: dict[str, str] = {}
    for target in touched:
        if isinstance(target, Target):
            assert elements.setdefault(target.element, target.topic) == target.topic


def test_a_field_that_a_newer_version_added_is_passed_over() -> None:
    kind, data = events.encode(sample(events.FairChanged))
    assert events.decode(kind, data | {"added_later": 1}) == sample(events.FairChanged)
    with pytest.raises(KeyError):
        events.decode("NeverHeardOf", data)
