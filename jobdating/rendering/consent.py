"""The words that are consented to, as they are shown and recorded. Wording only."""

from jobdating.rendering.environment import translator


def _(message: str) -> str:
    """Marks a message for the catalogue; it is translated where it is said."""
    return message


TAKING_PART = _(
    "J’accepte que les organisateurs utilisent ces informations pour le job dating, et que les entreprises avec "
    "lesquelles je prends rendez-vous les voient. Tout est effacé trois mois après, ou avant si je le demande."
)
PARENT = _("Un de mes parents est avec moi, a lu ce qui précède et l’accepte aussi.")


def wording(message: str, language: str) -> str:
    """The words as a reader of `language` sees them."""
    return translator(language)(message)
