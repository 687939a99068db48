"""The words that are consented to, as they are shown and recorded. Wording only."""

from jobdating.rendering.environment import translator


def _(message: str) -> str:
    """Marks a message for the catalogue; it is translated where it is said."""
    return message


TAKING_PART = _(
    "J’accepte que les organisateurs utilisent ces informations pour le job dating, et que les entreprises avec "
    "lesquelles je prends rendez-vous les voient. Tout est effacé trois mois après, ou avant si je le demande."
)
PARENT = _(
    "Je suis un parent de %(name)s, ou j’en ai la charge. J’accepte que mon enfant participe au job dating "
    "« %(fair)s », que les organisateurs utilisent pour cela les informations qui suivent, et que les entreprises avec "
    "lesquelles il prend rendez-vous les voient. Tout est effacé trois mois après, ou avant si nous le demandons."
)
KEEPING = {
    12: _("J’accepte que mes informations soient gardées un an après le job dating, pour les prochains."),
    24: _("J’accepte que mes informations soient gardées deux ans après le job dating, pour les prochains."),
}


def wording(message: str, language: str) -> str:
    """The words as a reader of `language` sees them."""
    return translator(language)(message)


def parent_wording(name: str, fair: str, language: str) -> str:
    """What a parent agrees to."""
    return wording(PARENT, language) % {"name": name, "fair": fair}


def keeping_wording(months: int, language: str) -> str:
    """What somebody agrees to who wants to be kept longer. Raises KeyError for another number of months."""
    return wording(KEEPING[months], language)
