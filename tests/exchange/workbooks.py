"""Fairs as training centres type them: made up here, in every shape people use, and written in every format we read."""

import csv
import io
import random
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

Cell = str | int | float | date | datetime | None
Rows = list[list[Cell]]
Workbook = dict[str, Rows]

# The data of a training centre, where it lies beside the checkout.
SHARED = Path(__file__).parents[3] / "shared" / "data"

TRADES = ("Chaudronnerie", "Soudage", "Usinage", "Maintenance", "Électrotechnique")
LEVELS = ("CAP", "Bac pro", "BTS", "Titre pro")
TOWNS = (("Caen", "14000"), ("Alençon", "61000"), ("VIRE NORMANDIE", "14500"), ("Bayeux", "14400"))
SITES = ("Caen", "Vire", "Damigny-Alençon")
DAYS = ("tous", "17, 18", "18,19", "17-18-19", "17 et 19 juin", "jeudi, vendredi", "17/06/2027", "19")
HOURS = (
    "9h-12h, 14h-17h", "10h à 12h et 14h à 17h", "matin", "après-midi", "09:00-12:00 / 14:00-16:30", "9h00-12h00",
    "9h30-12h, 14h-17h",
)  # fmt: skip
BREAKS = ("", "", "", "17 juin 14h à 15h30", "18/06 10h-11h")
ROOMS = ("auto", "", "téléphone", "https://visio.example/{}")
AVAILABLE = ("tous", "après-midi", "matin", "sauf 18/06", "19/06", "jeudi matin", "17, 18 juin")
AGES: tuple[Cell, ...] = (15, 16, 17, "moins de 18", 18, "20 ans", "18-25", "26 et plus")
FIRST = ("Inès", "Hugo", "Chloé", "Nathan", "Aïcha", "Léo", "Manon", "Karim", "Zoé", "Ewen")
LAST = ("Besnard", "Le Gall", "d'Orglandes", "Lefèvre", "Noël", "Roussel", "Yver", "Hébert")
SEPARATORS = (", ", "/", " ; ")


def phone(number: int, shape: int) -> str:
    """One number in one of six shapes."""
    pairs = [f"{number // 100 % 100:02d}", f"{number % 100:02d}"]
    shapes = ("06 39 98 {} {}", "06.39.98.{}.{}", "063998{}{}", "+33 6 39 98 {} {}", "0033639 98{}{}", "63998{}{}")
    return shapes[shape % 6].format(*pairs)


def frame(**changes: Cell) -> Rows:
    values: dict[str, Cell] = {
        "Nom": "Job dating d’essai",
        "Identifiant": "essai-2027",
        "Premier jour": date(2027, 6, 17),
        "Dernier jour": date(2027, 6, 19),
        "Horaires": "9h00-12h00, 14h00-17h00",
        "Durée d'un entretien (min)": 10,
        "Battement (min)": 5,
        "Fuseau horaire": "Europe/Paris",
        "Ouverture des réservations": datetime(2026, 11, 1, 9),  # noqa: DTZ001 (a spreadsheet knows no zones)
        "Clôture des réservations": datetime(2027, 6, 16, 18),  # noqa: DTZ001
        "Entretiens maximum par candidat": 5,
        "Contact": "Contact@Centre.example",
        "Téléphone": "02 61 91 00 00",
    }
    return [["Rubrique", "Valeur"], *([name, value] for name, value in (values | changes).items())]


def fair(*, companies: int = 6, candidates: int = 12, seed: int = 1) -> Workbook:
    """A clean fair in every untidy shape: `companies` stands and `candidates` people."""
    chance = random.Random(seed)
    names = [f"Ateliers {LAST[n % len(LAST)]} {n}" for n in range(companies)]
    trades = [tuple(chance.sample(TRADES, chance.choice((1, 1, 2)))) for _ in names]
    book: Workbook = {
        "Job dating": frame(),
        "Centres": [
            ["Centre", "Adresse", "Code postal", "Portes ouvertes", "Horaires portes ouvertes", "Places par visite"],
            ["Flers", "Rue des Forges", "61100", None, None, None],
        ],
        "Formations": [
            ["Intitulé", "Métier", "Niveau", "Centres", "Durée (mois)"],
            ["CACES", "Maintenance", "Formation continue", "Caen", 1],
        ],
        "Entreprises": [["Raison sociale", "Code postal", "Ville", "Secteur", "Effectif", "Site web", "Présentation"]],
        "Offres": [["Entreprise", "Intitulé du poste", "Métier", "Niveau", "Contrat", "Lieu", "Postes", "Description"]],
        "Stands": [
            ["Entreprise", "Recruteur", "E-mail", "Téléphone", "Jours", "Horaires", "Indisponibilités", "Salle visio"]
        ],
        "Candidats": [
            [
                "Prénom",
                "Nom",
                "E-mail",
                "Téléphone",
                "Âge",
                "Niveau visé",
                "Métiers",
                "Centre",
                "Disponibilités",
                "Vœux",
            ]
        ],
    }
    for place, site in enumerate(SITES, 1):
        line: list[Cell] = [site, "ZI du Plateau", "14000", "du 29/06/2027 au 04/07/2027 matin", "9h-12h, 14h-17h", 12]
        book["Centres"].insert(place, line)
    for trade in TRADES:
        book["Formations"] += [[f"{level} {trade}", trade, level, "Caen, Vire", 24] for level in LEVELS]
    for n, name in enumerate(names):
        town, postcode = TOWNS[n % len(TOWNS)]
        first, last = chance.choice(FIRST), chance.choice(LAST)
        website = "https://www.exemple.example" if n % 2 else ""
        book["Entreprises"].append(
            [name, postcode, town, " / ".join(trades[n]), ("environ 60", 8, "")[n % 3], website, ""]
        )
        for trade in trades[n]:
            offer: list[Cell] = [
                name + ("  " if n % 3 == 0 else ""), f"Technicien·ne {trade}", trade, chance.choice(LEVELS),
                ("apprentissage", "Contrat d'apprentissage", "Professionnalisation")[n % 3], town, 1 + n % 3, "",
            ]  # fmt: skip
            book["Offres"].append(offer)
        recruiter = f"{last.upper()} {first}" if n % 4 == 0 else f"{first} {last}"
        room = ROOMS[n % len(ROOMS)].format(n)
        email = f"recruteur{n}@{'Entreprise.Example' if n % 2 else 'entreprise.example'}"
        book["Stands"].append(
            [
                name,
                recruiter,
                email,
                phone(n, n),
                DAYS[n % len(DAYS)],
                HOURS[n % len(HOURS)],
                BREAKS[n % len(BREAKS)],
                room,
            ]
        )
    for n in range(candidates):
        wished = chance.sample(names, min(len(names), chance.randint(1, 4)))
        last = chance.choice(LAST)
        mine = chance.sample(TRADES, 1 + n % 2)
        book["Candidats"].append(
            [
                chance.choice(FIRST), last.upper() if n % 3 == 0 else last, f"candidat{n}@candidat.example", phone(n, n + 3),
                AGES[n % len(AGES)], LEVELS[n % len(LEVELS)], SEPARATORS[n % 3].join(mine), SITES[n % len(SITES)],
                AVAILABLE[n % len(AVAILABLE)], " ; ".join(wished),
            ]
        )  # fmt: skip
        if n == candidates // 2:
            book["Candidats"].append([None] * 10)
    return book


def column(book: Workbook, sheet: str, title: str) -> int:
    return book[sheet][0].index(title)


def put(book: Workbook, sheet: str, row: int, title: str, value: Cell) -> None:
    """Write into a cell, by the number of its row as the file counts them."""
    line = book[sheet][row - 1]
    if sheet == "Job dating":
        next(each for each in book[sheet] if each[0] == title)[1] = value
    else:
        line[column(book, sheet, title)] = value


# The mistakes of a broken fair: sheet, row, heading, what stands there, and the reason's code.
MISTAKES: tuple[tuple[str, int, str, Cell, str], ...] = (
    ("Job dating", 5, "Dernier jour", date(2027, 6, 10), "last_before_first"),
    ("Centres", 3, "Places par visite", -3, "number_range"),
    ("Offres", 2, "Postes", "beaucoup", "number"),
    ("Offres", 3, "Métier", "Astrologie", "trade_unknown"),
    ("Offres", 4, "Entreprise", "", "missing"),
    ("Stands", 2, "E-mail", "pas-une-adresse", "email"),
    ("Stands", 3, "Jours", "31/06/2027", "date"),
    ("Stands", 4, "Horaires", "25h-27h", "hour"),
    ("Stands", 5, "Entreprise", "Entreprise Inconnue", "company_unknown"),
    ("Stands", 6, "Salle visio", "javascript:alert(1)", "room"),
    ("Stands", 7, "Salle visio", "http://10.0.0.1/", "link_host"),
    ("Stands", 8, "Horaires", "17h-14h", "hours_order"),
    ("Candidats", 3, "E-mail", "CANDIDAT0@candidat.example", "email_twice"),
    ("Candidats", 4, "E-mail", "", "missing"),
    ("Candidats", 5, "Niveau visé", "Doctorat d'alchimie", "level"),
    ("Candidats", 6, "Vœux", "Société Qui N'existe Pas", "company_unknown"),
    ("Candidats", 7, "Prénom", "", "missing"),
    ("Candidats", 9, "Téléphone", "12", "phone"),
    ("Candidats", 11, "Prénom", '=HYPERLINK("http://x.example","clic")', "formula"),
    ("Candidats", 12, "Nom", "x" * 5_000, "too_long"),
)


def broken(**sizes: int) -> Workbook:
    """A fair with every mistake of MISTAKES, and a company that is there twice (the last row of its sheet)."""
    book = fair(**{"companies": 10, "candidates": 14, **sizes})
    for sheet, row, title, value, _ in MISTAKES:
        put(book, sheet, row, title, value)
    book["Entreprises"].append(list(book["Entreprises"][1]))
    return book


def shared(name: str) -> list[Path]:
    """The training centre's own files of that name: a workbook and a folder, where they lie beside the checkout."""
    return [path for path in (SHARED / name / "job-dating.xlsx", SHARED / name / "csv") if path.exists()]


def as_xlsx(book: Workbook) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as file:
        day = file.add_format({"num_format": "dd/mm/yyyy"})
        moment = file.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        for name, rows in book.items():
            sheet = file.add_worksheet(name)
            for y, row in enumerate(rows):
                for x, cell in enumerate(row):
                    if isinstance(cell, datetime):
                        sheet.write_datetime(y, x, cell, moment)
                    elif isinstance(cell, date):
                        sheet.write_datetime(y, x, cell, day)
                    elif isinstance(cell, int | float):
                        sheet.write_number(y, x, cell)
                    elif cell:
                        sheet.write_string(y, x, cell)
    return target.getvalue()


def said(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.strftime("%d/%m/%Y %H:%M")
    return cell.strftime("%d/%m/%Y") if isinstance(cell, date) else "" if cell is None else str(cell)


def as_csv(rows: Sequence[Sequence[Cell]], *, encoding: str = "cp1252", separator: str = ";") -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=separator, lineterminator="\r\n").writerows(
        [[said(cell) for cell in row] for row in rows]
    )
    return target.getvalue().encode(encoding)


def as_folder(book: Workbook, folder: Path, **options: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, rows in book.items():
        (folder / f"{name.lower().replace(' ', '')}.csv").write_bytes(as_csv(rows, **options))
    return folder


_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def as_ods(book: Workbook) -> bytes:
    """An OpenDocument spreadsheet with the least it needs."""
    sheets = []
    for name, rows in book.items():
        lines = "".join(
            f"<table:table-row>{''.join(_ods_cell(cell) for cell in row)}</table:table-row>" for row in rows
        )
        sheets.append(f"<table:table table:name={quoteattr(name)}>{lines}</table:table>")
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.2" '
        f'xmlns:office="{_OFFICE}:office:1.0" xmlns:table="{_OFFICE}:table:1.0" xmlns:text="{_OFFICE}:text:1.0">'
        f"<office:body><office:spreadsheet>{''.join(sheets)}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{_OFFICE}:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return target.getvalue()


def _ods_cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, datetime | date):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell.isoformat()}"/>'
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
