"""The sheets of a fair's workbook and their columns: what they are called, and what else people call them. Data only."""

from dataclasses import dataclass

from jobdating.exchange.parsing.words import key


@dataclass(frozen=True)
class Column:
    """`title` is what we write; `aliases` are also read. A `needed` column must be there, with something in it."""

    field: str
    title: str
    aliases: tuple[str, ...] = ()
    needed: bool = False
    note: str = ""

    @property
    def keys(self) -> set[str]:
        return {key(name) for name in (self.title, *self.aliases)}


@dataclass(frozen=True)
class Layout:
    """A sheet, its columns in order. The first sheet is a list of headings and values."""

    name: str
    title: str
    aliases: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def keys(self) -> set[str]:
        return {key(name) for name in (self.title, *self.aliases)}


FAIR = Layout(
    "fair",
    "Job dating",
    ("jobdating", "Évènement", "Événement", "Forum", "Réglages", "Cadre"),
    (
        Column("name", "Nom", ("Titre", "Intitulé"), needed=True),
        Column("slug", "Identifiant", ("Id", "Code"), note="dans l’adresse des pages : lettres, chiffres et tirets"),
        Column("first_day", "Premier jour", ("Début", "Date de début", "Du"), needed=True),
        Column("last_day", "Dernier jour", ("Fin", "Date de fin", "Au"), needed=True),
        Column("hours", "Horaires", ("Heures",), needed=True, note="9h-12h, 14h-17h"),
        Column("interview_minutes", "Durée d'un entretien (min)", ("Durée d'un entretien", "Durée"), needed=True),
        Column("buffer_minutes", "Battement (min)", ("Battement", "Pause entre deux entretiens")),
        Column("timezone", "Fuseau horaire", ("Fuseau",)),
        Column("opens_at", "Ouverture des réservations", ("Ouverture",), needed=True),
        Column("closes_at", "Clôture des réservations", ("Clôture", "Fermeture des réservations"), needed=True),
        Column("cap", "Entretiens maximum par candidat", ("Entretiens maximum", "Maximum par candidat")),
        Column("gap_minutes", "Temps libre entre deux entretiens (min)", ("Temps libre entre deux entretiens",)),
        Column("mode", "Mode", ("Attribution des places", "Places"), note="premier arrivé, ou vœux"),
        Column("wishes_until", "Date limite des vœux", ("Limite des vœux", "Clôture des vœux", "Vœux jusqu'au")),
        Column("lead_minutes", "Réservation au plus tard (min avant)", ("Réservation au plus tard",)),
        Column("room_provider", "Salle par défaut", ("Salle visio",)),
        Column("room_hosts", "Sites de visio autorisés", ("Domaines de visio", "Hôtes autorisés")),
        Column("contact_email", "Contact", ("E-mail", "E-mail de contact", "Courriel")),
        Column("contact_phone", "Téléphone", ("Téléphone de contact", "Tél")),
    ),
)
SITES = Layout(
    "sites",
    "Centres",
    ("Sites", "Centre"),
    (
        Column("name", "Centre", ("Nom", "Site"), needed=True),
        Column("address", "Adresse", ("Rue",)),
        Column("postcode", "Code postal", ("CP",)),
        Column("open_days", "Portes ouvertes", ("Jours portes ouvertes",)),
        Column("open_hours", "Horaires portes ouvertes", ("Heures portes ouvertes",)),
        Column("visit_capacity", "Places par visite", ("Places",)),
    ),
)
TRAININGS = Layout(
    "trainings",
    "Formations",
    ("Formation",),
    (
        Column("title", "Intitulé", ("Formation", "Nom"), needed=True),
        Column("trade", "Métier", ("Métiers", "Filière"), needed=True),
        Column("level", "Niveau", ("Diplôme",), needed=True),
        Column("sites", "Centres", ("Centre", "Sites")),
        Column("months", "Durée (mois)", ("Durée", "Mois")),
    ),
)
COMPANIES = Layout(
    "companies",
    "Entreprises",
    ("Entreprise", "Sociétés"),
    (
        Column("name", "Raison sociale", ("Entreprise", "Nom", "Société"), needed=True),
        Column("postcode", "Code postal", ("CP",)),
        Column("town", "Ville", ("Commune",)),
        Column("sector", "Secteur", ("Secteurs", "Activité")),
        Column("headcount", "Effectif", ("Effectifs", "Nombre de salariés")),
        Column("website", "Site web", ("Site", "Site internet")),
        Column("about", "Présentation", ("Description",)),
    ),
)
OFFERS = Layout(
    "offers",
    "Offres",
    ("Offre", "Postes"),
    (
        Column("company", "Entreprise", ("Raison sociale", "Société"), needed=True),
        Column("title", "Intitulé du poste", ("Poste", "Intitulé"), needed=True),
        Column("trade", "Métier", ("Métiers", "Filière"), needed=True),
        Column("level", "Niveau", ("Diplôme", "Niveau visé"), needed=True),
        Column("contract", "Contrat", ("Type de contrat",)),
        Column("place", "Lieu", ("Ville",)),
        Column("posts", "Postes", ("Nombre de postes", "Nb postes")),
        Column("about", "Description", ("Présentation",)),
    ),
)
STANDS = Layout(
    "stands",
    "Stands",
    ("Stand",),
    (
        Column("company", "Entreprise", ("Raison sociale", "Société"), needed=True),
        Column("name", "Nom du stand", ("Stand",), note="vide : le nom de l’entreprise"),
        Column("recruiters", "Recruteur", ("Recruteurs", "Recruteuse", "Contact")),
        Column("emails", "E-mail", ("E-mails", "Mail", "Courriel", "Email")),
        Column("phone", "Téléphone", ("Tél", "Portable", "Mobile")),
        Column(
            "leads",
            "Responsable",
            ("Responsables", "Mène l'entreprise"),
            note="oui, non, ou le nom de qui voit tous les stands de l’entreprise",
        ),
        Column("days", "Jours", ("Jour", "Présence")),
        Column("hours", "Horaires", ("Heures", "Horaire")),
        Column("breaks", "Indisponibilités", ("Indisponibilité", "Pauses", "Absences")),
        Column("room", "Salle visio", ("Salle", "Visio", "Lien visio", "Lien")),
        Column("kind", "Type", ("Type de stand",), note="entretien, réunion ou visite"),
        Column("capacity", "Places par créneau", ("Capacité",)),
        Column("asks_confirmation", "Confirme chaque demande", ("Sur confirmation",)),
        Column("takes_walk_ins", "Accueille sans rendez-vous", ("Sans rendez-vous",)),
        Column("site", "Centre", ("Site",)),
        Column("trades", "Métiers", ("Métier",), note="vide : ceux des offres de l’entreprise"),
        Column("closed", "Fermé", ("Fermée",)),
    ),
)
CANDIDATES = Layout(
    "candidates",
    "Candidats",
    ("Candidat", "Candidates", "Inscrits"),
    (
        Column("first_name", "Prénom", ("Prénoms",), needed=True),
        Column("last_name", "Nom", ("Nom de famille",), needed=True),
        Column("email", "E-mail", ("Mail", "Courriel", "Email", "Adresse e-mail"), needed=True),
        Column("phone", "Téléphone", ("Tél", "Portable", "Mobile")),
        Column("age_band", "Âge", ("Tranche d'âge",)),
        Column("level", "Niveau visé", ("Niveau", "Diplôme visé")),
        Column("trades", "Métiers", ("Métier", "Filière")),
        Column("site", "Centre", ("Site",)),
        Column("availability", "Disponibilités", ("Disponibilité", "Disponible")),
        Column("wishes", "Vœux", ("Voeux", "Souhaits", "Entreprises souhaitées")),
    ),
)
LAYOUTS = (FAIR, SITES, TRAININGS, COMPANIES, OFFERS, STANDS, CANDIDATES)

# What a cell says for a word of the product, in both directions.
KINDS = {"entretien": "interview", "reunion": "meeting", "visite": "visit"}
PROVIDERS = {
    "auto": "auto",
    "link": "lien",
    "jitsi": "Jitsi",
    "bigbluebutton": "BigBlueButton",
    "telephone": "téléphone",
    "on_site": "sur place",
}
MODES = {"open": "premier arrivé", "wishes": "vœux"}
BANDS = {"under_15": "moins de 15", "15_17": "15-17", "18_25": "18-25", "26_plus": "26 et plus", "": ""}
