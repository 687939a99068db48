"""Who leads a company, how places are given and until when one wishes: typed as people type it."""

from datetime import UTC, date, datetime

import pytest

from jobdating.domain.content import Current, Kind
from jobdating.exchange.reading import read
from jobdating.exchange.understanding import Understood, understand
from jobdating.rendering.imports import reason
from tests.exchange import workbooks as books

MANON, KARIM = "manon@atelier.example", "karim@atelier.example"


def of(book: books.Workbook) -> Understood:
    return understand(read({"essai.xlsx": books.as_xlsx(book)}), Current(None), slug=None)


def staffed(
    *cells: books.Cell, people: str = "Manon Durand, Karim YVER", emails: str = f"{MANON}, {KARIM}"
) -> Understood:
    """A fair whose first company has one stand a cell of "Responsable", each with the same people."""
    book = books.fair(companies=1, candidates=1)
    book["Stands"][0].append("Responsable")
    company = book["Stands"].pop()
    for number, cell in enumerate(cells, 1):
        line: list[books.Cell] = [*company, cell]
        line[1:3] = [people, emails]
        book["Stands"].append(line)
        if len(cells) > 1:
            book["Stands"][0][len(company) + 1 :] = ["Nom du stand"]
            line.append(f"Stand {number}")
    return of(book)


def leads(found: Understood) -> list[tuple[str, ...] | None]:
    return [item.values.get("leads") for item in found.content.of(Kind.STAND)]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("oui, non", (MANON,)), ("non / OUI", (KARIM,)), ("x;x", (KARIM, MANON)), ("non", ()), ("", None),
        ("Manon Durand", (MANON,)), ("YVER Karim", (KARIM,)), ("manon", (MANON,)), ("Durand", (MANON,)),
        ("Karim@Atelier.example", (KARIM,)), ("Karim Yver, Manon Durand", (KARIM, MANON)), ("oui,", (MANON,)),
    ],
)  # fmt: skip
def test_leads_are_understood_however_they_are_told(cell: str, expected: tuple[str, ...] | None) -> None:
    found = staffed(cell)
    assert not found.mistakes and not found.ignored
    assert leads(found) == [expected]


@pytest.mark.parametrize("cell", ["oui", "1", "VRAI"])
def test_one_recruiter_needs_no_name(cell: str) -> None:
    assert leads(staffed(cell, people="Manon Durand", emails=MANON)) == [(MANON,)]


@pytest.mark.parametrize(
    ("cell", "code", "value"),
    [
        ("oui", "lead_which", "oui"), ("oui, non, non", "lead_count", "oui, non, non"),
        ("Hugo Besnard", "lead_unknown", "Hugo Besnard"), ("peut-être", "lead_unknown", "peut-être"),
    ],
)  # fmt: skip
def test_what_is_not_clear_is_said_where_it_stands(cell: str, code: str, value: str) -> None:
    (mistake,) = staffed(cell).mistakes
    assert (mistake.sheet, mistake.row, mistake.column, mistake.value, mistake.code) == (
        "Stands", 2, "Responsable", value, code,
    )  # fmt: skip
    assert all(reason(mistake.code, mistake.params, language) for language in ("fr", "en"))


def test_two_of_the_same_name_are_told_apart_by_address() -> None:
    both = {"people": "Manon Durand, Manon Yver"}
    assert [mistake.code for mistake in staffed("Manon", **both).mistakes] == ["lead_which"]
    assert leads(staffed(MANON, **both)) == [(MANON,)]


def test_an_address_that_is_wrong_is_one_mistake() -> None:
    assert [mistake.code for mistake in staffed("oui, non", emails=f"{MANON}, karim").mistakes] == ["email"]


def test_a_yes_without_anybody_is_said() -> None:
    assert [mistake.code for mistake in staffed("oui", people="", emails="").mistakes] == ["lead_nobody"]
    assert not staffed("non", people="", emails="").mistakes


def test_who_leads_at_one_stand_leads_at_all_of_the_company() -> None:
    assert leads(staffed("oui, non", "non")) == [(MANON,), (MANON,)]


def fair(**changes: books.Cell) -> Understood:
    book = books.fair(companies=2, candidates=1)
    book["Job dating"] = books.frame(**{name.replace("_", " "): value for name, value in changes.items()})
    return of(book)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("vœux", "wishes"), ("VOEUX", "wishes"), ("Vœux, puis planning", "wishes"), ("sur souhaits", "wishes"),
        ("premier arrivé", "open"), ("Premier arrivé, premier servi", "open"), ("réservation libre", "open"),
    ],
)  # fmt: skip
def test_the_mode_is_understood_however_it_is_called(mode: str, expected: str) -> None:
    found = fair(Mode=mode, Date_limite_des_vœux=date(2027, 6, 10))
    assert not found.mistakes and not found.ignored
    assert found.content.of(Kind.FAIR)[0].values["mode"] == expected


DEADLINES: list[tuple[books.Cell, datetime]] = [
    ("10/06/2027 18h00", datetime(2027, 6, 10, 16, tzinfo=UTC)),
    ("10 juin 2027 à 18h00", datetime(2027, 6, 10, 16, tzinfo=UTC)),
    (datetime(2027, 6, 10, 18), datetime(2027, 6, 10, 16, tzinfo=UTC)),  # noqa: DTZ001
    (date(2027, 6, 10), datetime(2027, 6, 10, 21, 59, tzinfo=UTC)),
    ("10/06/2027", datetime(2027, 6, 10, 21, 59, tzinfo=UTC)),
]


@pytest.mark.parametrize(("typed", "meant"), DEADLINES)
def test_the_deadline_is_in_the_fairs_time_and_a_day_lasts_until_its_evening(
    typed: books.Cell, meant: datetime
) -> None:
    found = fair(Mode="vœux", Date_limite_des_vœux=typed)
    assert not found.mistakes
    assert found.content.of(Kind.FAIR)[0].values["wishes_until"] == meant


@pytest.mark.parametrize(
    ("mode", "until", "column", "code"),
    [
        ("au hasard", "", "Mode", "mode"), ("vœux ou premier arrivé", "10/06/2027", "Mode", "mode"),
        ("vœux", "", "Date limite des vœux", "wishes_open_ended"),
        ("vœux", "20/06/2027", "Date limite des vœux", "after_fair"),
        ("vœux", "bientôt", "Date limite des vœux", "date_form"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_them_is_said(mode: str, until: str, column: str, code: str) -> None:
    mistake = fair(Mode=mode, Date_limite_des_vœux=until).mistakes[0]
    assert (mistake.sheet, mistake.code) == ("Job dating", code) and column in mistake.column
    assert all(reason(mistake.code, mistake.params, language) for language in ("fr", "en"))


def test_a_file_that_does_not_speak_of_them_says_nothing() -> None:
    found = of(books.fair(companies=2, candidates=1))
    assert not {"mode", "wishes_until"} & found.content.of(Kind.FAIR)[0].values.keys()
    assert all("leads" not in item.values for item in found.content.of(Kind.STAND))
