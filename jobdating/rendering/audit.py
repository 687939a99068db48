"""What the audit says of each act, in the reader's language, on the page and in its files. Pure."""

from collections.abc import Iterable

from jobdating.domain.audit import Category
from jobdating.queries.audit import Entry
from jobdating.rendering.environment import translator
from jobdating.rendering.words import clock_time, local


def _(message: str) -> str:
    """Marks a message for the catalogue; it is translated where it is said."""
    return message


CATEGORIES = {
    Category.ALL: _("Tout"),
    Category.SIGN_INS: _("Connexions"),
    Category.READINGS: _("Lectures"),
    Category.EXPORTS: _("Fichiers emportés"),
    Category.CONSENTS: _("Accords et effacements"),
    Category.CHANGES: _("Changements par l’équipe"),
}
SENTENCES = {
    "SignedIn": _("s’est connecté"),
    "SignInRefused": _("connexion refusée"),
    "SecondFactorHeld": _("a donné une deuxième preuve"),
    "SecondFactorChanged": _("deuxième preuve changée"),
    "RightsChanged": _("droits ou sessions changés"),
    "LeadChanged": _("responsable des recruteurs changé"),
    "DocumentRead": _("a lu le CV"),
    "ProfileRead": _("a ouvert le profil"),
    "NotesRead": _("a ouvert les notes du stand"),
    "FairExported": _("a emporté les données du job dating"),
    "InterviewsExported": _("a emporté les entretiens du stand"),
    "AuditExported": _("a emporté ce journal"),
    "CandidateRegistered": _("s’est inscrit"),
    "PermissionChanged": _("accord changé"),
    "ParentAsked": _("accord demandé à un parent"),
    "PaperChanged": _("accord d’un parent sur papier"),
    "KeepingChanged": _("durée de conservation changée"),
    "AdultChanged": _("adulte désigné changé"),
    "AccountErased": _("compte effacé"),
    "PeopleForgotten": _("les personnes du job dating ont été effacées"),
    "BookingMade": _("a donné un rendez-vous"),
    "BookingConfirmed": _("a confirmé un rendez-vous"),
    "BookingMoved": _("a déplacé un rendez-vous"),
    "BookingCancelled": _("a annulé un rendez-vous"),
    "BookingRestored": _("a rétabli un rendez-vous"),
    "CandidateCheckedIn": _("a noté une présence"),
    "CandidateMissed": _("a noté une absence"),
    "CandidateCalled": _("a appelé"),
    "InterviewStarted": _("a commencé un entretien"),
    "InterviewExtended": _("a prolongé un entretien"),
    "InterviewFinished": _("a terminé un entretien"),
    "InterviewReviewed": _("a écrit une note"),
    "RoomEntered": _("est entré dans la salle"),
    "ProfileChanged": _("a changé un profil"),
    "StandChanged": _("a changé le stand"),
    "StandWentAway": _("a mis le stand en pause"),
    "StandCameBack": _("a repris le stand"),
    "StandTurned": _("a rouvert la file d’un stand"),
    "SlotBlocked": _("a fermé un créneau"),
    "SlotReopened": _("a rouvert un créneau"),
    "AnnouncementSent": _("a envoyé une annonce"),
    "FairChanged": _("a changé les réglages"),
    "FairImported": _("a importé un classeur"),
    "StandRepaired": _("a réparé la journée d’un stand"),
    "RepairUndone": _("a annulé une réparation"),
    "TimetableDrafted": _("a calculé un planning"),
    "TimetablePublished": _("a publié le planning"),
    "PolicyWeighed": _("a changé les priorités du planning"),
    "PairDecided": _("a décidé d’un entretien du planning"),
    "OpinionGiven": _("a donné un avis sur un vœu"),
    "WishesAsked": _("a rappelé de classer les vœux"),
    "RestOpened": _("a ouvert les places restantes"),
    "CandidateSteppedAside": _("a laissé un moment à un candidat"),
    "EarlyAsked": _("a proposé de venir plus tôt"),
    "GapOffered": _("a proposé une place libérée"),
    "PlaceYielded": _("a laissé passer un autre stand"),
    "WaitlistLeft": _("a retiré quelqu’un d’une liste d’attente"),
}
OTHER = _("autre changement")
# The words of an event, where it has one.
DETAILS = {
    "code_wrong": _("code faux"),
    "link_expired": _("lien trop vieux ou déjà utilisé"),
    "link_elsewhere": _("lien ouvert dans un autre navigateur"),
    "factor_wrong": _("deuxième preuve fausse"),
    "given": _("accord donné"),
    "asked": _("accord à donner"),
    "parent_asked": _("accord d’un parent attendu"),
    "parent_refused": _("refus d’un parent"),
    "withdrawn": _("accord retiré"),
    "recorded": _("noté"),
    "revoked": _("retiré par le parent"),
    "mistaken": _("saisie corrigée"),
    "named": _("désigné"),
    "ended": _("plus désigné"),
    "stopped": _("copies arrêtées"),
    "resumed": _("copies reprises"),
    "passkey": _("clé d’accès"),
    "app": _("application de codes"),
    "recovery": _("code sur papier"),
    "provider": _("autre service"),
}
SYSTEM = _("automatique")
SOMEBODY, PARENT, ADULT = _("quelqu’un"), _("un parent"), _("l’adulte désigné")
HEADINGS = (
    _("Jour"),
    _("Heure"),
    _("Qui"),
    _("Adresse"),
    _("Quoi"),
    _("Précision"),
    _("Candidat ou compte"),
    _("Stand"),
)


def who(entry: Entry, language: str) -> str:
    """Who did it: a name, or what is known of somebody who has no account."""
    say = translator(language)
    if entry.who:
        return entry.who
    if entry.kind == "SignInRefused":
        return say(SOMEBODY)
    outsider = {"PermissionChanged": PARENT, "AdultChanged": ADULT}.get(entry.kind, SYSTEM)
    return say(outsider)


def said(entry: Entry, language: str) -> str:
    """What was done."""
    return translator(language)(SENTENCES.get(entry.kind, OTHER))


def detail(entry: Entry, language: str) -> str:
    """The reason, way or state that the event names; a number or a date as it is."""
    if not entry.detail:
        return ""
    if entry.detail in DETAILS:
        return translator(language)(DETAILS[entry.detail])
    return entry.detail if entry.detail[:1].isdigit() else ""


def headings(language: str) -> list[str]:
    say = translator(language)
    return [say(heading) for heading in HEADINGS]


def rows(entries: Iterable[Entry], language: str, *, zone: str) -> list[list[str | int | None]]:
    """One row an act, under `headings`. Days as 2027-06-17: every spreadsheet sorts them."""
    return [
        [
            local(entry.at, zone).date().isoformat(),
            clock_time(entry.at, zone),
            who(entry, language),
            entry.email,
            said(entry, language),
            detail(entry, language),
            entry.about,
            entry.stand,
        ]
        for entry in entries
    ]
