"""Whole files: clean ones are accepted in every format, broken ones report every mistake at once and no other."""

from collections import Counter
from pathlib import Path

import pytest

from jobdating.domain.content import Content, Current, Kind
from jobdating.exchange.reading import Sheet, Unreadable, read, read_path
from jobdating.exchange.understanding import Understood, understand
from jobdating.rendering.imports import reason
from tests.exchange import workbooks as books

NOBODY = Current(None)


def understood(sheets: list[Sheet]) -> Understood:
    return understand(sheets, NOBODY, slug=None)


def of(book: books.Workbook) -> Understood:
    return understood(read({"essai.xlsx": books.as_xlsx(book)}))


def reasons(found: Understood) -> list[tuple[str, int, str]]:
    return [(mistake.sheet, mistake.row, mistake.code) for mistake in found.mistakes]


def test_an_untidy_fair_is_understood_without_a_mistake() -> None:
    found = of(books.fair(companies=16, candidates=28))
    assert not found.mistakes
    assert not found.ignored
    kinds = Counter(item.kind for item in found.content.items)
    assert (kinds[Kind.STAND], kinds[Kind.CANDIDATE], kinds[Kind.SITE], kinds[Kind.TRAINING]) == (16, 28, 4, 21)


def test_every_format_says_the_same(tmp_path: Path) -> None:
    book = books.fair(companies=9, candidates=15)
    expected = understood(read({"a.xlsx": books.as_xlsx(book)})).content
    assert understood(read({"a.ods": books.as_ods(book)})).content == expected
    for place, (encoding, separator) in enumerate((("cp1252", ";"), ("utf-8", ","), ("utf-8-sig", ";"))):
        folder = books.as_folder(book, tmp_path / str(place), encoding=encoding, separator=separator)
        assert _by_kind(understood(read_path(folder)).content) == _by_kind(expected), encoding


def _by_kind(content: Content) -> dict[Kind, list[object]]:
    return {kind: [(item.key, dict(item.values)) for item in content.of(kind)] for kind in Kind}


def test_headings_are_found_whatever_their_case_accents_spaces_and_order() -> None:
    book = books.fair()
    rows = book["Stands"]
    order = [7, 3, 0, 1, 2, 6, 5, 4]
    book["Stands"] = [[row[place] for place in order] for row in rows]
    book["Stands"][0] = [f"  {str(title).upper().replace('É', 'E')} " for title in book["Stands"][0]]
    book["Stands"].insert(0, [None] * 8)
    assert [item.values for item in of(book).content.of(Kind.STAND)] == [
        item.values for item in of(books.fair()).content.of(Kind.STAND)
    ]


def test_a_broken_file_reports_every_mistake_at_once_and_no_other() -> None:
    found = of(books.broken())
    expected = [(sheet, row, code) for sheet, row, _, _, code in books.MISTAKES]
    last = len(books.broken()["Entreprises"])
    assert sorted(reasons(found)) == sorted([*expected, ("Entreprises", last, "twice")])
    titles = {(sheet, row): title for sheet, row, title, _, _ in books.MISTAKES}
    for mistake in found.mistakes:
        assert titles.get((mistake.sheet, mistake.row), "Raison sociale") in mistake.column
        for language in ("fr", "en"):
            assert reason(mistake.code, mistake.params, language)


def test_a_long_value_is_repeated_shortened() -> None:
    values = [mistake.value for mistake in of(books.broken()).mistakes]
    assert max(map(len, values)) <= 80


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    book = books.fair()
    name = str(book["Entreprises"][1][0])
    books.put(book, "Stands", 2, "Entreprise", name.replace("Ateliers", "Atelier"))
    (mistake,) = of(book).mistakes
    assert (mistake.code, mistake.params) == ("company_unknown_but", {"near": name})


def test_a_missing_column_is_one_mistake_and_not_one_for_each_row() -> None:
    book = books.fair()
    book["Candidats"][0][2] = "Adresse mel"
    found = of(book)
    assert [(mistake.row, mistake.column, mistake.code) for mistake in found.mistakes] == [(1, "E-mail", "no_column")]
    assert found.ignored == ("Candidats : Adresse mel",)


def test_wishes_that_are_not_eligible_are_kept_and_marked() -> None:
    book = books.fair()
    name, trades = str(book["Entreprises"][1][0]), str(book["Entreprises"][1][3])
    other = next(trade for trade in books.TRADES if trade not in trades)
    books.put(book, "Candidats", 2, "Métiers", other)
    books.put(book, "Candidats", 2, "Vœux", name)
    candidate = of(book).content.of(Kind.CANDIDATE)[0]
    ((_, eligible),) = candidate.values["wishes"]
    assert eligible is False


def test_the_second_stand_of_a_company_is_told_apart_by_its_recruiter() -> None:
    book = books.fair()
    second = list(book["Stands"][1])
    second[1], second[2] = "Karim Bellanger", "karim@entreprise.example"
    book["Stands"].append(second)
    labels = [item.label for item in of(book).content.of(Kind.STAND)]
    assert labels[-1] == f"{labels[0]}, Karim B"


def test_a_file_without_a_known_sheet_is_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        understood([Sheet("Feuil1", (("a", "b"),))])
    assert refused.value.code == "no_sheet"


def test_a_part_of_a_fair_without_its_frame_is_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        understood(read({"candidats.csv": books.as_csv(books.fair()["Candidats"])}))
    assert refused.value.code == "no_frame"


def test_the_training_centres_own_data() -> None:
    """Where it is at hand; what it holds is also in the made-up fairs above."""
    for path in books.shared("juin-2027"):
        clean = understood(read_path(path))
        assert not clean.mistakes
        kinds = Counter(item.kind for item in clean.content.items)
        assert (kinds[Kind.COMPANY], kinds[Kind.OFFER], kinds[Kind.STAND], kinds[Kind.CANDIDATE]) == (60, 135, 60, 500)
    for path in books.shared("juin-2027-broken"):
        wrong = understood(read_path(path))
        assert [(mistake.row, mistake.code) for mistake in wrong.mistakes] == [
            (5, "last_before_first"), (3, "number_range"), (22, "twice"), (3, "number"), (5, "trade_unknown"),
            (6, "missing"), (4, "email"), (6, "date"), (8, "hour"), (10, "company_unknown"), (12, "room"),
            (13, "link_host"), (15, "hours_order"), (5, "email_twice"), (7, "missing"), (9, "level"),
            (11, "company_unknown"), (13, "missing"), (15, "phone"), (17, "formula"), (19, "too_long"),
        ]  # fmt: skip


def test_a_spreadsheets_own_note_about_its_separator_is_passed_over(tmp_path: Path) -> None:
    folder = books.as_folder(books.fair(), tmp_path / "csv")
    stands = folder / "stands.csv"
    stands.write_bytes(b"sep=;\r\n" + stands.read_bytes())
    found = understood(read_path(folder))
    assert not found.mistakes
    assert len(found.content.of(Kind.STAND)) == 6
