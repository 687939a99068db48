"""The sentence a person reads for each refusal code, in their language."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from jobdating.rendering.environment import translator
from jobdating.rendering.words import clock_time


def _(message: str) -> str:
    """Marks a message for the catalogue; it is translated where it is said."""
    return message


MIDNIGHT = "0:00"  # the end of a day that is closed to its end is not told as a time

SENTENCES = {
    "slot_taken": _("Ce créneau vient d’être pris. Choisis-en un autre."),
    "slot_blocked": _("Ce créneau n’est pas ouvert à la réservation."),
    "overlap": _("Tu as déjà un entretien à cette heure-là."),
    "too_close": _("Ce créneau est trop près d’un autre de tes entretiens."),
    "limit_reached": _("Tu as atteint le nombre maximum d’entretiens."),
    "window_closed": _("Les réservations ne sont pas ouvertes pour ce créneau."),
    "not_eligible": _("Ce stand cherche d’autres métiers que les tiens."),
    "consent_needed": _("Il faut d’abord ton accord. Il se donne sur ton planning."),
    "already_in_line": _("Tu es déjà dans la file de ce stand."),
    "wrong_state": _("Cela a changé entre-temps : regarde où en est l’entretien."),
    "stand_busy": _("Un autre candidat est déjà appelé ou en entretien sur ce stand."),
    "stand_shut": _("Ce stand ne prend personne sans rendez-vous pour le moment."),
    "candidate_busy": _("Ce candidat est appelé ou en entretien sur un autre stand."),
    "stand_not_full": _("Il reste des créneaux libres sur ce stand."),
    "wishes_first": _("Ici, les places viennent de tes vœux : classe-les, le planning te donne tes horaires."),
    "wishes_closed": _("Les vœux sont clos. Si tu as raté la date, écris à l’organisation."),
    "nothing_to_publish": _("Ce planning n’est pas encore calculé."),
    "timetable_stale": _("Entre-temps, des places de ce planning ont été prises ou fermées. Rien n’a été publié."),
    "timetable_malformed": _("Ces données se contredisent : le planning ne peut pas être calculé."),
    "offer_expired": _("Cette place n’est plus gardée."),
    "gap_taken": _("Quelqu’un a été plus rapide. Tu gardes tes autres places."),
    "too_late": _("Ta place ne peut pas être gardée plus longtemps. Dis « Je suis là » dès que tu arrives."),
    "phone_missing": _("Il manque ton numéro. Ajoute-le à ton profil, puis recommence."),
    "room_not_open": _("La salle ouvre quelques minutes avant l’entretien."),
    "room_unavailable": _("La salle ne répond pas. Réessaie dans un instant."),
    "key_reused": _("Cette clé a déjà servi pour une autre demande."),
    "plan_stale": _("Le job dating vient de changer. Regardez de nouveau ce qui bouge."),
    "note_changed": _("Cette note a été changée dans une autre fenêtre."),
    "undo_over": _("Il est trop tard pour revenir en arrière d’un coup."),
    "bookings_hurt": _("Des rendez-vous perdraient leur créneau. Rien n’a été changé."),
    "in_use": _("Cette entreprise a encore un stand. Rien n’a été changé."),
    "too_many": _("Trop d’essais. Attends un peu avant de recommencer."),
    "too_large": _("C’est trop volumineux."),
    "not_found": _("Cette page n’existe pas, ou n’est pas pour toi."),
    "not_allowed": _("Tu n’as pas le droit de faire cela."),
    "sign_in_needed": _("Il faut te connecter d’abord."),
    "second_factor_needed": _("Confirmez d’abord que c’est bien vous."),
    "invalid": _("Il y a quelque chose à corriger."),
    "foreign_form": _("Ce formulaire ne vient pas d’une de nos pages. Recharge la page et recommence."),
    "method_not_allowed": _("Cette adresse ne s’utilise pas ainsi."),
    "unavailable": _("Impossible d’enregistrer pour le moment. Rien n’est perdu : réessaie dans quelques secondes."),
    "unexpected": _("Quelque chose s’est mal passé de notre côté. Rien n’a été changé."),
}


# No place without a yes: whose, and what to do about it.
WHOSE_CONSENT = {
    "asked": _("Il reste deux questions avant de réserver : ton âge et ton accord. Elles sont sur ton planning."),
    "parent_asked": _("Un de tes parents doit d’abord donner son accord. Tu peux regarder en attendant."),
    "parent_refused": _("Un de tes parents n’a pas donné son accord : tu peux regarder, pas réserver."),
    "withdrawn": _("Tu as retiré ton accord. Donne-le de nouveau sur ton planning pour réserver."),
}
# What a recruiter or an organiser reads instead: it is about somebody else, and they are told "vous".
FOR_STAFF = {
    "slot_taken": _("Ce créneau vient d’être pris. Choisissez-en un autre."),
    "overlap": _("Ce candidat a déjà un entretien à cette heure-là."),
    "too_close": _("Ce créneau est trop près d’un autre entretien de ce candidat."),
    "limit_reached": _("Ce candidat a atteint le nombre maximum d’entretiens."),
    "not_eligible": _("Ce candidat cherche d’autres métiers que ceux du stand."),
    "already_in_line": _("Ce candidat est déjà dans la file de ce stand."),
    "stand_shut": _("Ce stand est fermé pour le moment. Rouvrez-le d’abord, depuis son cockpit."),
    "consent_needed": _("Ce candidat, ou un de ses parents, n’a pas donné son accord : aucune place possible."),
    "wrong_state": _("Cela a changé entre-temps : regardez où en est l’entretien."),
    "gap_taken": _("Quelqu’un vient d’accepter la place libre. Regardez qui, puis choisissez."),
    "too_late": _("Cette place ne peut pas être gardée plus longtemps."),
    "phone_missing": _("Ce candidat n’a pas donné de numéro de téléphone."),
    "room_unavailable": _("La salle ne répond pas. Réessayez dans un instant."),
    "too_many": _("Trop d’essais. Attendez un peu avant de recommencer."),
    "not_found": _("Cette page n’existe pas, ou n’est pas pour vous."),
    "not_allowed": _("Vous n’avez pas le droit de faire cela."),
    "foreign_form": _("Ce formulaire ne vient pas d’une de nos pages. Rechargez la page et recommencez."),
    "unavailable": _("Impossible d’enregistrer pour le moment. Rien n’est perdu : réessayez dans quelques secondes."),
}


def sentence(code: str, params: Mapping[str, object], language: str, *, staff: bool = False) -> str:
    """What happened, in words; the general sentence for a code without one of its own."""
    say = translator(language)
    opens_at = params.get("opens_at")
    if code == "room_not_open" and isinstance(opens_at, datetime):
        return say(_("La salle ouvre à %(time)s.")) % {"time": clock_time(opens_at)}
    if staff and code in FOR_STAFF:
        return say(FOR_STAFF[code])
    if code == "consent_needed":
        return say(WHOSE_CONSENT.get(str(params.get("permission")), SENTENCES[code]))
    until = params.get("until")
    if code == "stand_shut" and isinstance(until, datetime) and clock_time(until) != MIDNIGHT:
        return say(_("Ce stand ne prend personne sans rendez-vous jusqu’à %(time)s.")) % {"time": clock_time(until)}
    starts_at = params.get("starts_at")
    if code == "too_close" and isinstance(starts_at, datetime):
        gap = params.get("gap")
        minutes = gap // timedelta(minutes=1) if isinstance(gap, timedelta) else 0
        return say(_("Trop près : il faut %(minutes)s min entre deux entretiens, et tu en as un à %(time)s.")) % {
            "minutes": minutes,
            "time": clock_time(starts_at),
        }
    if code == "overlap" and isinstance(starts_at, datetime):
        return say(_("Tu as déjà un entretien à %(time)s.")) % {"time": clock_time(starts_at)}
    if code == "limit_reached" and isinstance(params.get("cap"), int):
        return say(_("Tu as déjà %(cap)s entretiens, le maximum.")) % {"cap": params["cap"]}
    return say(SENTENCES.get(code, SENTENCES["invalid"]))
