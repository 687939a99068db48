"""Moments and lengths as people and scripts read them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from jobdating.rendering import catalogue
from jobdating.rendering.words import duration_filter, iso_filter, phone_filter


@pytest.mark.parametrize(
    ("seconds", "words"), [(875, "14 min 35 s"), (840, "14 min"), (35, "35 s"), (0, "0 s"), (59.6, "1 min")]
)
def test_a_length_is_not_to_be_taken_for_a_time_of_day(seconds: float, words: str) -> None:
    assert duration_filter(timedelta(seconds=seconds)).replace("\u00a0", " ") == words


def test_scripts_are_told_moments_in_utc_whatever_zone_the_clock_is_in() -> None:
    there = datetime(2027, 6, 17, 10, 20, tzinfo=ZoneInfo("Europe/Paris"))
    assert iso_filter(there) == iso_filter(there.astimezone(UTC)) == "2027-06-17T08:20:00Z"


@pytest.mark.parametrize(
    ("stored", "words"),
    [("+33639980102", "06 39 98 01 02"), ("06 39 98 01 02", "06 39 98 01 02"), ("+441632960101", "+441632960101")],
)
def test_a_number_is_said_whichever_way_it_was_stored(stored: str, words: str) -> None:
    assert phone_filter(stored).replace("\u00a0", " ") == words


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_no_line_ends_inside_e_mail(language: str) -> None:
    said = catalogue.translations(language).gettext(
        "Annonce envoyée. Elle est sur le planning des candidats, et part par e-mail."
    )
    assert "-mail" not in said
    assert "\u2011mail" in said
