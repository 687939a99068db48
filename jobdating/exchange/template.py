"""The workbook to fill in: every sheet with its headings, an example row and what may be written. Reads no database."""

from collections.abc import Sequence
from datetime import date, timedelta

from jobdating.exchange.exporting import Cell, written
from jobdating.exchange.layout import CANDIDATES, COMPANIES, FAIR, OFFERS, SITES, STANDS, TRAININGS


def template(*, name: str, slug: str, first_day: date, last_day: date) -> bytes:
    """A workbook with one example in each sheet, for the fair of that name and those days."""
    opens, closes = first_day - timedelta(days=45), first_day - timedelta(days=1)
    frame: dict[str, Cell] = {
        "name": name,
        "slug": slug,
        "first_day": first_day,
        "last_day": last_day,
        "hours": "9h-12h, 14h-17h",
        "interview_minutes": 10,
        "buffer_minutes": 5,
        "timezone": "Europe/Paris",
        "opens_at": f"{opens:%d/%m/%Y} 09:00",
        "closes_at": f"{closes:%d/%m/%Y} 18:00",
        "cap": 5,
        "gap_minutes": 15,
        "mode": "premier arrivé",
        "wishes_until": "",
        "lead_minutes": 30,
        "room_provider": "Jitsi",
        "room_hosts": "",
        "contact_email": "contact@centre.example",
        "contact_phone": "02 61 91 00 00",
    }
    sheets: dict[str, list[Sequence[Cell]]] = {
        FAIR.name: [(column.title, frame[column.field]) for column in FAIR.columns],
        SITES.name: [("Caen", "12 rue des Ateliers", "14000", "", "", None)],
        TRAININGS.name: [("Bac pro Soudage", "Soudage", "Bac pro", "Caen", 36)],
        COMPANIES.name: [("Ateliers Exemple", "14000", "Caen", "Soudage", "45", "https://ateliers.example", "")],
        OFFERS.name: [("Ateliers Exemple", "Soudeur·euse", "Soudage", "Bac pro", "Apprentissage", "Caen", 2, "")],
        STANDS.name: [
            (
                "Ateliers Exemple", "", "Manon Durand", "manon.durand@ateliers.example", "06 39 98 00 01", "oui", "tous",
                "9h-12h, 14h-17h", "", "auto", "entretien", 1, "non", "oui", "Caen", "", "non",
            )
        ],
        CANDIDATES.name: [
            (
                "Inès", "Besnard", "ines.besnard@candidat.example", "06 39 98 00 02", "17", "Bac pro", "Soudage", "Caen",
                "tous", "Ateliers Exemple",
            )
        ],
    }  # fmt: skip
    return written(sheets, NOTES)


NOTES = (
    "Remplacez les exemples par vos lignes. Une feuille sans usage peut être effacée : ce qu’elle décrit reste tel quel.",
    "L’ordre des colonnes ne compte pas, ni les accents de leurs titres. Une colonne inconnue est laissée de côté.",
    "Jours : tous · 17, 18 · 17 et 19 juin · jeudi, vendredi · du 17 au 19 juin · sauf 18/06 · jeudi matin",
    "Horaires : 9h-12h, 14h-17h · 10h à 12h et 14h à 17h · 09:00-12:00 / 14:00-16:30 · matin · après-midi",
    "Indisponibilités : 18/06 10h-11h · 17 juin 14h à 15h30 ; vendredi matin",
    "Salle visio : auto (celle du job dating) · téléphone · sur place · une adresse qui commence par https://",
    "Niveaux : CAP · Bac pro · Titre pro · BTS · Licence pro. Une formation peut aussi être « Formation continue ».",
    "Âge : un nombre, ou moins de 18 · 18-25 · 26 et plus. Seule la tranche d’âge est conservée.",
    "Métiers et centres : séparés par une virgule. Vœux : des entreprises dans l’ordre, séparées par un point-virgule.",
    "Plusieurs recruteurs sur un stand : leurs noms et leurs adresses séparés par une virgule, dans le même ordre.",
    "Responsable : oui ou non pour chacun des recruteurs, dans le même ordre, ou le nom de qui mène l’entreprise.",
    "Mode : premier arrivé · vœux. Avec des vœux, leur date limite est nécessaire ; un jour seul vaut jusqu’au soir.",
    "Importer à nouveau le même classeur met à jour et ajoute ; rien de ce qui est réservé n’est perdu.",
)
