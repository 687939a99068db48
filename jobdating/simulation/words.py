"""Invented people, firms and trades of Normandy, for the simulated fair. Data only; nobody here exists."""

from typing import NamedTuple


class Trade(NamedTuple):
    """A trade with how popular it is among candidates, and the posts that firms name in it."""

    name: str
    weight: int
    posts: tuple[str, ...]
    work: str


TRADES = (
    Trade("Chaudronnerie", 10, ("Chaudronnier·ère", "Chaudronnier·ère d’atelier"),
          "tracer, débiter, former et assembler des ensembles en tôle"),
    Trade("Soudage", 10, ("Soudeur·euse TIG", "Soudeur·euse semi-automatique"),
          "souder acier et inox sur plan, contrôler ses cordons"),
    Trade("Maintenance industrielle", 12, ("Technicien·ne de maintenance", "Agent·e de maintenance"),
          "dépanner les lignes, préparer les arrêts et remettre en route"),
    Trade("Usinage", 9, ("Tourneur·euse sur commande numérique", "Fraiseur·euse sur commande numérique"),
          "régler la machine, lancer la série, mesurer les pièces"),
    Trade("Électrotechnique", 8, ("Électricien·ne d’armoires", "Électrotechnicien·ne"),
          "câbler des armoires, raccorder et mettre en service"),
    Trade("Tuyauterie", 4, ("Tuyauteur·euse", "Tuyauteur·euse-soudeur·euse"),
          "préfabriquer et poser des lignes d’après isométrie"),
    Trade("Métallerie", 5, ("Métallier·ère", "Serrurier·ère-métallier·ère"),
          "fabriquer et poser escaliers, garde-corps et charpentes légères"),
    Trade("Tôlerie", 4, ("Plieur·euse", "Opérateur·rice laser et pliage"),
          "programmer la découpe, plier et contrôler au pied à coulisse"),
    Trade("Automatisme", 4, ("Automaticien·ne", "Technicien·ne en robotique"),
          "programmer automates et robots, suivre les essais"),
    Trade("Contrôle qualité", 3, ("Contrôleur·euse qualité", "Technicien·ne en métrologie"),
          "mesurer, tenir les fiches et alerter avant la dérive"),
    Trade("Plasturgie", 3, ("Régleur·euse sur presse", "Technicien·ne en plasturgie"),
          "monter les moules, régler les presses et suivre la matière"),
    Trade("Dessin industriel", 4, ("Dessinateur·rice projeteur·euse", "Technicien·ne de bureau d’études"),
          "modéliser les pièces et tirer les plans de fabrication"),
)  # fmt: skip


class Firm(NamedTuple):
    """A company: its trades, in the order in which it looks for people, and how many stands it holds."""

    name: str
    town: str
    postcode: str
    headcount: int
    trades: tuple[int, ...]  # places in TRADES
    stands: int = 1


FIRMS = (
    Firm("Chaudronnerie du Bocage", "Vire", "14500", 46, (0, 1), 2),
    Firm("Ateliers Hervieu", "Caen", "14000", 120, (3, 9), 2),
    Firm("Soudure et Structures de la Baie", "Cherbourg", "50100", 85, (1, 5, 0), 2),
    Firm("Mécavire", "Vire", "14500", 64, (3, 2)),
    Firm("Cuves Lemonnier", "Argentan", "61200", 38, (0, 1)),
    Firm("Nautimétal", "Cherbourg", "50100", 210, (0, 1, 5), 2),
    Firm("Orne Maintenance Services", "Alençon", "61000", 55, (2, 4), 2),
    Firm("Fraisage Quesnel", "Flers", "61100", 22, (3,)),
    Firm("Armoires Électriques Delarue", "Hérouville-Saint-Clair", "14200", 48, (4, 8)),
    Firm("Laiterie des Prés Salés", "Isigny", "14230", 310, (2, 4, 8), 2),
    Firm("Inox Service Manche", "Saint-Lô", "50000", 27, (1, 5)),
    Firm("Métalleries Réunies du Perche", "Mortagne-au-Perche", "61400", 18, (6, 0)),
    Firm("Tôles et Plis", "L’Aigle", "61300", 33, (7, 9)),
    Firm("Précis’Auge", "Lisieux", "14100", 71, (3, 9), 2),
    Firm("Forge Neuve", "Tinchebray", "61800", 29, (3, 2)),
    Firm("Carrosserie Industrielle Marie", "Falaise", "14700", 52, (7, 1)),
    Firm("Plastiques de la Vire", "Pont-Farcy", "14380", 94, (10, 2)),
    Firm("Robotique Cotentin", "Valognes", "50700", 26, (8, 4)),
    Firm("Chantiers Anquetil", "Granville", "50400", 41, (0, 6)),
    Firm("Énergies du Val d’Orne", "Thury-Harcourt", "14220", 36, (4, 2)),
    Firm("Bureau d’études Tesnière", "Caen", "14000", 15, (11,)),
    Firm("Fonderie Saint-Clair", "Dives", "14160", 88, (2, 9)),
    Firm("Escaliers Lenoir", "Bayeux", "14400", 14, (6,)),
    Firm("Aéropièces Normandie", "Dieppe", "76200", 165, (3, 9, 11), 2),
    Firm("Tuyauterie Vauquelin", "Le Havre", "76600", 73, (5, 1)),
    Firm("Fromagerie du Pont-Vieux", "Livarot", "14140", 140, (2,)),
    Firm("Mobilier Urbain Carel", "Condé-en-Normandie", "14110", 44, (6, 7)),
    Firm("Hydraulique Gosselin", "Coutances", "50200", 31, (3, 2)),
    Firm("Câblage Ouest", "Avranches", "50300", 58, (4,)),
    Firm("Emballages Duhamel", "Pont-l’Évêque", "14130", 77, (10, 2)),
    Firm("Charpentes Métalliques Lair", "Sées", "61500", 39, (0, 6)),
    Firm("Moules et Outillages Poisson", "Athis-Val de Rouvre", "61430", 24, (3, 10)),
    Firm("Ascenseurs Boscher", "Caen", "14000", 62, (4, 2)),
    Firm("Éoliennes de la Côte", "Fécamp", "76400", 190, (2, 1, 4)),
    Firm("Tôlerie Fine Guérin", "Mondeville", "14120", 35, (7,)),
    Firm("Machines Agricoles Turgis", "Vimoutiers", "61120", 83, (0, 1, 2), 2),
    Firm("Contrôles et Mesures du Bessin", "Bayeux", "14400", 12, (9,)),
    Firm("Imprimerie Levavasseur", "Lisieux", "14100", 49, (2,)),
    Firm("Chaudières Aubin", "Domfront", "61700", 67, (0, 5, 1)),
    Firm("Remorques Desmares", "Villedieu", "50800", 56, (1, 7)),
    Firm("Portes du Littoral", "Ouistreham", "14150", 28, (6, 4)),
    Firm("Usinage de la Risle", "Pont-Audemer", "27500", 34, (3,)),
    Firm("Cidrerie Haute-Bruyère", "Cambremer", "14340", 42, (2, 8)),
    Firm("Alliages Thomasse", "Évreux", "27000", 101, (9, 3)),
    Firm("Signalisation Letellier", "Argences", "14370", 30, (4, 11)),
    Firm("Ponts et Passerelles Renouf", "Carentan", "50500", 47, (0, 1)),
    Firm("Atelier Coopératif des Marais", "Carentan", "50500", 17, (1, 6)),
    Firm("Compresseurs Blin", "Bernay", "27300", 69, (2, 3)),
)


class Meeting(NamedTuple):
    """A group meeting: the firm that holds it (a place in FIRMS), its name, how many it takes."""

    firm: int
    name: str
    capacity: int


MEETINGS = (
    Meeting(5, "Réunion : une journée au chantier naval", 12),
    Meeting(9, "Réunion : la maintenance en laiterie", 10),
    Meeting(23, "Réunion : usiner pour l’aéronautique", 8),
)

# Name, address, postcode, whether it opens its doors after the fair.
SITES = (
    ("Caen", "12 rue des Ateliers", "14000", True),
    ("Vire", "3 rue du Champ de Foire", "14500", True),
    ("Damigny-Alençon", "8 rue du Tour", "61250", True),
    ("Cherbourg", "25 quai des Forges", "50100", True),
    ("L’Aigle", "2 route du Moulin", "61300", False),
    ("Dieppe", "17 avenue du Bassin", "76200", False),
)

FIRST_NAMES = (
    "Adam", "Adèle", "Alexis", "Alice", "Amandine", "Amine", "Anaïs", "Antoine", "Arthur", "Axelle", "Baptiste", "Basile",
    "Camille", "Capucine", "Célia", "Charles", "Chloé", "Clara", "Clément", "Côme", "Corentin", "Damien", "Diane", "Dylan",
    "Éléonore", "Élisa", "Élise", "Émile", "Emma", "Enzo", "Erwan", "Esther", "Étienne", "Eva", "Fanny", "Farah", "Félix",
    "Flavie", "Florian", "Gabin", "Gabriel", "Gaspard", "Grégoire", "Hanna", "Hélène", "Hugo", "Ilyès", "Inès", "Iris",
    "Ismaël", "Jade", "Jeanne", "Joachim", "Jonas", "Jules", "Julie", "Justine", "Karim", "Kelly", "Kylian", "Laura",
    "Léa", "Léna", "Léo", "Lila", "Loane", "Lola", "Lorenzo", "Louane", "Lucas", "Lucie", "Maël", "Maëlle", "Malo",
    "Manon", "Margot", "Marion", "Martin", "Mathéo", "Mathilde", "Maxence", "Mélissa", "Mila", "Nathan", "Nina", "Noa",
    "Noé", "Océane", "Oscar", "Paul", "Pierre", "Quentin", "Rayan", "Robin", "Romane", "Romain", "Sacha", "Salomé", "Samuel",
    "Sarah", "Simon", "Sofia", "Solène", "Tess", "Théo", "Thomas", "Tiago", "Titouan", "Tom", "Valentin", "Victor", "Yaël",
    "Yasmine", "Youssef", "Zacharie", "Zoé",
)  # fmt: skip

LAST_NAMES = (
    "Adeline", "Alix", "Amiot", "Angot", "Anger", "Auvray", "Bacon", "Barbey", "Bazin", "Beaumont", "Bellanger", "Bertin",
    "Besnard", "Bisson", "Blanchet", "Bonnel", "Boulay", "Bourdon", "Bréard", "Brière", "Buisson", "Burel", "Cahierre",
    "Cantel", "Carpentier", "Catherine", "Chauvin", "Chevalier", "Colin", "Cosnard", "Couturier", "Dajon", "Damois",
    "Debon", "Delaunay", "Delalande", "Deslandes", "Desrues", "Diallo", "Drouet", "Dubosq", "Duchemin", "Dufay", "Durel",
    "Duval", "Esnault", "Eudes", "Fauvel", "Ferey", "Fleury", "Fontaine", "Foucher", "Frémont", "Gallet", "Gautier",
    "Germain", "Gilles", "Godard", "Gohier", "Gosse", "Gouley", "Grente", "Groult", "Guesdon", "Guillot", "Hamel",
    "Hamelin", "Hardy", "Hébert", "Heurtevent", "Hubert", "Huet", "Jamard", "Jouan", "Jouenne", "Jourdan", "Lair",
    "Lamare", "Lebas", "Lebreton", "Lecoq", "Lefèvre", "Legrand", "Lehoux", "Lemarchand", "Lemière", "Lepage", "Lepoultier",
    "Leroux", "Lesage", "Letourneur", "Levallois", "Loisel", "Mahieu", "Malherbe", "Marguerite", "Martel", "Mauger",
    "Ménard", "Moisson", "Morin", "Nativelle", "Noël", "Osmont", "Paris", "Pasquier", "Patry", "Pelletier", "Perrin",
    "Picard", "Pichon", "Postel", "Poulain", "Prével", "Quentin", "Ravenel", "Renault", "Ribot", "Roussel", "Sébire",
    "Simon", "Surville", "Tanguy", "Thibault", "Tirel", "Toutain", "Traoré", "Vallée", "Vasseur", "Vautier", "Vigot",
    "Villain", "Yger",
)  # fmt: skip

CONSENT = (  # as it was read when they registered
    "J’accepte que les organisateurs utilisent ces informations pour le job dating, et que les entreprises avec "
    "lesquelles je prends rendez-vous les voient. Tout est effacé trois mois après, ou avant si je le demande."
)

ABOUT_CANDIDATES = (
    "J’ai fait mon stage de troisième dans un atelier, et j’y suis retourné·e l’été suivant.",
    "Je cherche une entreprise près de chez moi, j’ai le BSR et un scooter.",
    "Je préfère apprendre en faisant. J’aime les pièces qui tombent juste.",
    "Je bricole des moteurs avec mon oncle depuis que j’ai douze ans.",
    "Je sors du collège en juin et je veux partir en alternance dès septembre.",
    "J’ai déjà un CAP, je voudrais aller plus loin.",
    "Je me réoriente après une première année à la fac.",
    "Le dessin technique est la matière où je suis le plus à l’aise.",
    "",
    "",
)

NOTES = (
    "A apporté des photos de ses pièces. Explique bien ce qu’il faut refaire.",
    "Connaît les consignes de sécurité, a déjà tenu un poste.",
    "Peut commencer en septembre. Transport à vérifier.",
    "À revoir avec le chef d’atelier.",
    "Plutôt attiré par la maintenance que par la production.",
    "Bonne lecture de plan. Questions précises sur les horaires.",
    "Cherche un contrat à moins de 30 minutes de chez soi.",
    "Visite de l’atelier proposée.",
    "",
)

FAIR_NAME = "Job dating de l’alternance industrielle"
