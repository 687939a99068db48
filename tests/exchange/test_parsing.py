"""What people type in a cell, in every shape that training centres use, and what cannot be understood."""

from contextlib import suppress
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from jobdating.domain.states import AgeBand, RoomProvider
from jobdating.exchange.parsing import breaks, days, hours, people, rooms, words
from jobdating.exchange.parsing.days import Calendar, DayPart
from jobdating.exchange.parsing.words import Unclear, Value

FAIR = Calendar(date(2027, 6, 17), date(2027, 6, 19))
USUAL = ((time(9), time(12)), (time(14), time(17)))
MORNING, AFTERNOON = USUAL


def refusal(parse: Any, *args: Any, **options: Any) -> str:
    with pytest.raises(Unclear) as unclear:
        parse(*args, **options)
    return unclear.value.code


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("9h-12h, 14h-17h", USUAL),
        ("10h à 12h et 14h à 17h", ((time(10), time(12)), AFTERNOON)),
        ("09:00-12:00 / 14:00-16:30", (MORNING, (time(14), time(16, 30)))),
        ("9h30-12h, 14h-17h", ((time(9, 30), time(12)), AFTERNOON)),
        ("9 h 30 – 12 h", ((time(9, 30), time(12)),)),
        ("de 9h à 12h", (MORNING,)),
        ("9-12", (MORNING,)),
        ("matin", (MORNING,)),
        ("Après-midi ", (AFTERNOON,)),
        ("matin et après-midi", USUAL),
        ("", USUAL),
        ("toute la journée", USUAL),
        ("14h-17h, 9h-12h", USUAL),
        ("9am-12pm, 2pm-5pm", USUAL),
        ("9 to 12, 2-5pm", USUAL),
        ("from 9:00 to 12:00 and from 14:00 to 17:00", USUAL),
        ("10-2pm", ((time(10), time(14)),)),
        ("9am to noon", (MORNING,)),
        ("morning", (MORNING,)),
        ("all day", USUAL),
    ],
)
def test_hours(said: str, expected: hours.Hours) -> None:
    assert hours.hours(said, usual=USUAL) == expected


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("25h-27h", "hour"), ("9h75-12h", "hour"), ("17h-14h", "hours_order"), ("9h-9h", "hours_order"),
        ("tôt", "hours"), ("9h", "hours"), ("9h-12h, 11h-13h", "hours_overlap"),
    ],
)  # fmt: skip
def test_hours_that_cannot_be(said: str, code: str) -> None:
    assert refusal(hours.hours, said, usual=USUAL) == code


def on(*numbers: int, part: str = "") -> list[DayPart]:
    return [DayPart(date(2027, 6, number), part) for number in numbers]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("tous", on(17, 18, 19)), ("", on(17, 18, 19)), ("17, 18", on(17, 18)), ("18,19", on(18, 19)),
        (18.19, on(18, 19)), (17.0, on(17)), ("17-18-19", on(17, 18, 19)), ("17-19", on(17, 18, 19)),
        ("17/18", on(17, 18)), ("17 et 19 juin", on(17, 19)), ("jeudi, vendredi", on(17, 18)), ("19", on(19)),
        ("17/06/2027", on(17)), (date(2027, 6, 18), on(18)), ("2027-06-18", on(18)), ("du 17 au 19 juin", on(17, 18, 19)),
        ("Jeudi 17 juin", on(17)), ("jeu. 17, ven. 18", on(17, 18)), ("sauf 18/06", on(17, 19)),
        ("tous sauf vendredi", on(17, 19)), ("jeudi matin", on(17, part="morning")),
        ("après-midi", on(17, 18, 19, part="afternoon")), ("19/06", on(19)), ("17, 18 juin", on(17, 18)),
        ("jeudi matin et samedi après-midi", on(17, part="morning") + on(19, part="afternoon")),
        ("all", on(17, 18, 19)), ("every day", on(17, 18, 19)), ("17 and 19 June", on(17, 19)), ("June 17th", on(17)),
        ("from 17 to 19 June", on(17, 18, 19)), ("Thursday, Friday", on(17, 18)), ("Thu 17", on(17)),
        ("all but 18 June", on(17, 19)), ("every day except Friday", on(17, 19)), ("mornings", on(17, 18, 19, part="morning")),
        ("Thursday morning and Saturday afternoon", on(17, part="morning") + on(19, part="afternoon")),
        ("June 17 and 18", on(17, 18)), ("17 June 2027", on(17)),
    ],
)  # fmt: skip
def test_days(said: Value, expected: list[DayPart]) -> None:
    assert days.days(said, FAIR) == expected


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("31/06/2027", "date"), ("20/06", "day_outside"), ("lundi", "day_outside"), ("5", "day_outside"), ("when I like", "days"),
        ("jeudi 18 juin", "weekday"), ("Thursday 18 June", "weekday"), ("quand je veux", "days"),
        ("du 19 au 17 juin", "days_order"),
    ],
)  # fmt: skip
def test_days_that_cannot_be(said: str, code: str) -> None:
    assert refusal(days.days, said, FAIR) == code


def test_no_day_is_outside_a_fair_whose_days_are_unknown() -> None:
    assert days.days("19/06", Calendar(date(2027, 6, 17), date(2027, 6, 23), sure=False)) == on(19)


def test_open_days_end_with_a_morning() -> None:
    found = days.open_days("du 29/06/2027 au 01/07/2027 matin")
    assert found == [
        DayPart(date(2027, 6, 29)), DayPart(date(2027, 6, 30)), DayPart(date(2027, 7, 1), "morning"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("17 juin 14h à 15h30", [(17, 14, 15.5)]),
        ("18/06 10h-11h", [(18, 10, 11)]),
        ("18/06 10h-11h, 14h-15h", [(18, 10, 11), (18, 14, 15)]),
        ("17, 18 juin 10h-11h", [(17, 10, 11), (18, 10, 11)]),
        ("12h30-13h", [(17, 12.5, 13), (18, 12.5, 13), (19, 12.5, 13)]),
        ("18/06 10h-11h ; vendredi matin", [(18, 0, 13), (18, 10, 11)]),
    ],
)
def test_breaks(said: str, expected: list[tuple[int, float, float]]) -> None:
    found = breaks.breaks(said, FAIR)
    assert [(day.day, s.hour + s.minute / 60, e.hour + e.minute / 60) for day, s, e in found] == expected


SHAPES = ("0{} {} {} {} {}", "0{}.{}.{}.{}.{}", "0{}{}{}{}{}", "+33 {} {} {} {} {}", "0033{}{}{}{}{}", "{}{}{}{}{}")


@given(number=some.integers(100_000_000, 999_999_999), shape=some.sampled_from(SHAPES))
def test_a_number_in_each_of_six_shapes_is_one_number(number: int, shape: str) -> None:
    digits = str(number)
    pairs = (digits[0], digits[1:3], digits[3:5], digits[5:7], digits[7:9])
    assert people.phone(shape.format(*pairs)) == f"+33{digits}"


@pytest.mark.parametrize("said", ["12", "abc", "0039", "06 39 98", "06 39 98 93 18 44"])
def test_what_is_no_telephone_number(said: str) -> None:
    assert refusal(people.phone, said) == "phone"


@pytest.mark.parametrize(
    ("said", "band"),
    [
        (18.0, AgeBand.FROM_18_TO_25), ("15", AgeBand.FROM_15_TO_17), ("moins de 18", AgeBand.FROM_15_TO_17),
        ("20 ans", AgeBand.FROM_18_TO_25), ("18-25", AgeBand.FROM_18_TO_25), ("26 et plus", AgeBand.FROM_26),
        (14, AgeBand.UNDER_15), ("moins de 15", AgeBand.UNDER_15), ("15-17", AgeBand.FROM_15_TO_17), ("26+", AgeBand.FROM_26),
    ],
)  # fmt: skip
def test_ages_become_bands(said: Value, band: AgeBand) -> None:
    assert people.age_band(said) is band


@pytest.mark.parametrize("said", ["7", "120", "jeune", "15-30"])
def test_ages_that_cannot_be(said: str) -> None:
    assert refusal(people.age_band, said) == "age"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Théo Hébert", ("Théo", "Hébert")), ("YVER Nour", ("Nour", "Yver")), ("LE GALL Timéo", ("Timéo", "Le Gall")),
        ("Léa d'Orglandes", ("Léa", "d'Orglandes")), ("Jean-Marc DUPONT", ("Jean-Marc", "Dupont")),
    ],
)  # fmt: skip
def test_a_surname_in_capitals_may_come_first(said: str, name: tuple[str, str]) -> None:
    assert people.full_name(said) == name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("LEROY", "Leroy"),
        ("D'ORGLANDES", "d'Orglandes"),
        ("Le Gall", "Le Gall"),
        ("CONDÉ-EN-NORMANDIE", "Condé-en-Normandie"),
    ],
)
def test_names_lose_their_capitals(said: str, name: str) -> None:
    assert people.name(said) == name


@pytest.mark.parametrize(
    ("said", "room"),
    [
        ("auto", RoomProvider.AUTO), ("", RoomProvider.AUTO), ("Téléphone", RoomProvider.TELEPHONE),
        ("sur place", RoomProvider.ON_SITE), ("https://visio.example/a", RoomProvider.LINK),
    ],
)  # fmt: skip
def test_rooms(said: str, room: RoomProvider) -> None:
    assert rooms.room(said)[0] is room


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("javascript:alert(1)", "room"), ("http://10.0.0.1/", "link_host"), ("https://10.0.0.1/", "link_host"),
        ("https://[::1]/", "link_host"), ("http://visio.example/", "link_https"), ("https://localhost/", "link_host"),
        ("https://me:secret@visio.example/", "room"), ("https://visio.example:8443/", "room"), ("ailleurs", "room"),
        ("https://", "room"), ("https://visio.example/a b", "room"),
    ],
)  # fmt: skip
def test_rooms_that_cannot_be(said: str, code: str) -> None:
    assert refusal(rooms.room, said) == code


def test_a_link_leads_to_allowed_hosts_only() -> None:
    assert rooms.link("https://a.example/x", hosts=["a.example"])
    assert refusal(rooms.link, "https://b.example/x", hosts=["a.example"]) == "link_not_allowed"


@pytest.mark.parametrize("said", ['=HYPERLINK("x")', "+cmd", "@SUM(1)", "-1+1"])
def test_a_text_that_would_act_as_a_formula_is_refused(said: str) -> None:
    assert refusal(words.prose, said, 100) == "formula"


CELLS = some.one_of(some.text(max_size=60), some.floats(allow_nan=False), some.dates(), some.datetimes(), some.none())
READERS: tuple[Any, ...] = (
    lambda value: days.days(value, FAIR),
    lambda value: hours.hours(value, usual=USUAL),
    lambda value: breaks.breaks(value, FAIR),
    days.moment, days.single, days.open_days, people.phone, people.age_band, people.email, people.full_name, people.name,
    rooms.room, rooms.website, words.yes, lambda value: words.whole(value, least=0, most=9), lambda value: words.prose(value, 50),
)  # fmt: skip


@given(value=CELLS)
def test_whatever_is_typed_is_understood_or_refused_but_never_fails(value: Value) -> None:
    for read in READERS:
        with suppress(Unclear):
            read(value)


@given(said=some.text(alphabet="0123456789 hà:-/,;.etjuindvrsaufmt", max_size=24))
def test_near_misses_are_understood_or_refused_too(said: str) -> None:
    for read in READERS[:4]:
        try:
            found = read(said)
        except Unclear:
            continue
        assert found is not None
