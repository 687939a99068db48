"""What an import says to people: reasons of mistakes, refusals of files, and what changes, in their language."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from jobdating.rendering.environment import translator
from jobdating.rendering.words import day_words, local


def _(message: str) -> str:
    """Marks a message for the catalogue; it is translated where it is said."""
    return message


REASONS = {
    "missing": _("cette case doit être remplie"),
    "no_column": _("il manque cette colonne"),
    "no_column_but": _("il manque cette colonne (« %(typed)s » lui ressemble)"),
    "twice": _("ce nom est déjà plus haut dans la feuille"),
    "name_taken": _("ce nom est déjà pris"),
    "too_long": _("c’est trop long : %(length)s caractères, au plus %(limit)s"),
    "formula": _("ce texte commence comme une formule de tableur (=, +, - ou @)"),
    "formula_error": _("c’est le message d’erreur d’une formule, pas une valeur"),
    "number": _("il faut un nombre entier, de %(least)s à %(most)s"),
    "number_range": _("ce nombre doit être entre %(least)s et %(most)s"),
    "yes_or_no": _("répondez par oui ou non"),
    "email": _("ce n’est pas une adresse e-mail"),
    "email_twice": _("cette adresse est déjà celle de la ligne %(first)s"),
    "phone": _("ce n’est pas un numéro de téléphone (10 chiffres, ou +33…)"),
    "age": _("cet âge n’est pas compris : un nombre, « moins de 18 », « 18-25 » ou « 26 et plus »"),
    "name": _("ce n’est pas un nom"),
    "hours": _("ces horaires ne sont pas compris ; écrivez par exemple 9h-12h, 14h-17h"),
    "hour": _("%(hour)s n’est pas une heure"),
    "hours_order": _("la fin est avant le début"),
    "hours_overlap": _("ces horaires se chevauchent"),
    "no_slot": _("il ne reste aucun créneau avec ces jours et ces horaires"),
    "days": _("ces jours ne sont pas compris ; écrivez par exemple « tous » ou « 17, 18 juin »"),
    "date": _("cette date n’existe pas"),
    "date_form": _("cette date n’est pas comprise ; écrivez par exemple 17/06/2027"),
    "day_outside": _("ce n’est pas un jour du job dating, qui va du %(first)s au %(last)s"),
    "days_order": _("le dernier jour est avant le premier"),
    "days_many": _("cela fait trop de jours (au plus 60)"),
    "weekday": _("le jour de la semaine et la date ne vont pas ensemble : c’est le %(day)s"),
    "last_before_first": _("le dernier jour est avant le premier, le %(first)s"),
    "fair_long": _("un job dating dure au plus %(limit)s jours"),
    "closes_before_opens": _("la clôture est avant l’ouverture"),
    "after_fair": _("c’est après la fin du job dating"),
    "timezone": _("ce fuseau horaire n’existe pas ; écrivez par exemple Europe/Paris"),
    "slug": _("il faut au moins une lettre ou un chiffre"),
    "other_fair": _("ce fichier parle d’un autre job dating ; celui-ci est « %(expected)s »"),
    "provider": _("écrivez Jitsi, BigBlueButton, téléphone ou sur place"),
    "room": _("écrivez auto, téléphone, sur place, ou une adresse qui commence par https://"),
    "link_https": _("l’adresse d’une salle doit commencer par https://"),
    "link_host": _(
        "une salle doit avoir une adresse publique en https ; « %(host)s » désigne une machine d’un réseau privé"
    ),
    "link_not_allowed": _("les salles de ce job dating sont sur %(hosts)s, pas sur %(host)s"),
    "website": _("ce n’est pas l’adresse d’un site web"),
    "postcode": _("un code postal a 5 chiffres"),
    "mode": _("écrivez premier arrivé, ou vœux"),
    "wishes_open_ended": _("avec des vœux, il faut leur date limite"),
    "lead_count": _("il faut un oui ou un non pour chacun des recruteurs : %(count)s, dans le même ordre"),
    "lead_which": _("ce stand a plusieurs recruteurs : dites lequel par son nom, ou oui ou non pour chacun"),
    "lead_unknown": _("ce n’est aucun des recruteurs de cette ligne"),
    "lead_nobody": _("personne n’est nommé à ce stand avec une adresse"),
    "kind": _("écrivez entretien, réunion ou visite"),
    "level": _("ce niveau n’est pas connu ; les niveaux sont %(levels)s"),
    "trade_unknown": _("aucune formation ne porte ce métier"),
    "trade_unknown_but": _("aucune formation ne porte ce métier ; vouliez-vous dire « %(near)s » ?"),
    "site_unknown": _("ce centre n’est pas dans la feuille des centres"),
    "site_unknown_but": _("ce centre n’est pas dans la feuille des centres ; vouliez-vous dire « %(near)s » ?"),
    "company_unknown": _("cette entreprise n’est pas dans la feuille des entreprises"),
    "company_unknown_but": _(
        "cette entreprise n’est pas dans la feuille des entreprises ; vouliez-vous dire « %(near)s » ?"
    ),
    "slug_taken": _("un autre job dating a déjà cet identifiant"),
    "hosts_used": _("des stands ont une salle ailleurs : %(stands)s"),
    "company_without_stand": _("cette entreprise n’a pas de stand"),
}

REFUSALS = {
    "missing": _("« %(name)s » n’existe pas."),
    "nothing": _("Choisissez d’abord un fichier."),
    "no_csv": _("Ce dossier ne contient aucun fichier .csv."),
    "many_files": _("Cela fait trop de fichiers : au plus %(limit)s."),
    "file_size": _("« %(name)s » est trop gros : au plus %(limit)s Mo."),
    "file_kind": _("« %(name)s » n’est ni un classeur (.xlsx, .ods) ni un fichier .csv."),
    "empty": _("Ce fichier est vide."),
    "not_text": _("« %(name)s » n’est pas un fichier de texte."),
    "broken": _("« %(name)s » est abîmé : il ne s’ouvre pas."),
    "locked": _("« %(name)s » est protégé par un mot de passe."),
    "heavy": _("« %(name)s » est trop lourd une fois ouvert."),
    "rows": _("« %(name)s » a une feuille de plus de %(limit)s lignes."),
    "columns": _("« %(name)s » a une feuille de plus de %(limit)s colonnes."),
    "sheets": _("« %(name)s » a plus de %(limit)s feuilles."),
    "no_sheet": _("Aucune feuille n’est reconnue parmi : %(sheets)s."),
    "no_frame": _("Il manque la feuille « Job dating » : rien ne dit de quel job dating il s’agit."),
    "plan_stale": _("Le job dating change pendant l’import. Réessayez dans un instant."),
}

KINDS = {
    "fair": _("Job dating"),
    "site": _("Centres"),
    "training": _("Formations"),
    "company": _("Entreprises"),
    "offer": _("Offres"),
    "stand": _("Stands"),
    "candidate": _("Candidats"),
    "slot": _("Créneaux"),
}

FIELDS = {
    "name": _("nom"),
    "first_name": _("prénom"),
    "last_name": _("nom de famille"),
    "phone": _("téléphone"),
    "first_day": _("premier jour"),
    "last_day": _("dernier jour"),
    "timezone": _("fuseau horaire"),
    "hours": _("horaires"),
    "opens_at": _("ouverture des réservations"),
    "closes_at": _("clôture des réservations"),
    "interview_minutes": _("durée d’un entretien"),
    "buffer_minutes": _("battement"),
    "gap_minutes": _("temps libre entre deux entretiens"),
    "lead_minutes": _("délai de réservation"),
    "cap": _("entretiens par candidat"),
    "contact_email": _("contact"),
    "contact_phone": _("téléphone"),
    "room_provider": _("salle"),
    "room_url": _("adresse de la salle"),
    "room_hosts": _("sites de visio autorisés"),
    "address": _("adresse"),
    "postcode": _("code postal"),
    "open_days": _("portes ouvertes"),
    "visit_capacity": _("places par visite"),
    "title": _("intitulé"),
    "trade": _("métier"),
    "trades": _("métiers"),
    "level": _("niveau"),
    "months": _("durée"),
    "site": _("centre"),
    "sites": _("centres"),
    "town": _("ville"),
    "sector": _("secteur"),
    "headcount": _("effectif"),
    "website": _("site web"),
    "about": _("présentation"),
    "company": _("entreprise"),
    "contract": _("contrat"),
    "place": _("lieu"),
    "posts": _("postes"),
    "kind": _("type"),
    "capacity": _("places par créneau"),
    "asks_confirmation": _("confirme chaque demande"),
    "takes_walk_ins": _("accueille sans rendez-vous"),
    "closed": _("fermé"),
    "availability": _("jours et horaires"),
    "recruiters": _("recruteurs"),
    "leads": _("responsables"),
    "mode": _("attribution des places"),
    "wishes_until": _("date limite des vœux"),
    "age_band": _("âge"),
    "wishes": _("vœux"),
}


PROVIDERS = {
    "auto": _("celle du job dating"),
    "link": _("une adresse à vous (lien https)"),
    "jitsi": "Jitsi",
    "bigbluebutton": "BigBlueButton",
    "telephone": _("au téléphone"),
    "on_site": _("sur place"),
}

MODES = {"open": _("premier arrivé"), "wishes": _("vœux")}

STAND_KINDS = {
    "interview": _("entretiens, un candidat à la fois"),
    "meeting": _("réunion en visio, plusieurs places"),
    "visit": _("visite sur place, plusieurs places"),
}


def reason(code: str, params: Mapping[str, Any], language: str) -> str:
    """Why a cell cannot be accepted."""
    return _said(REASONS[code], params, language)


def refusal(code: str, params: Mapping[str, Any], language: str) -> str:
    """Why a file is refused as a whole."""
    return _said(REFUSALS[code], params, language)


def kind(name: str, language: str) -> str:
    return translator(language)(KINDS[name])


def field(name: str, language: str) -> str:
    return translator(language)(FIELDS[name])


def provider(name: str, language: str) -> str:
    return translator(language)(PROVIDERS[name])


def stand_kind(name: str, language: str) -> str:
    return translator(language)(STAND_KINDS[name])


def value(said: Any, language: str, zone: str, *, name: str = "") -> str:
    """A value of a change of the field `name`, short enough for a table."""
    say = translator(language)
    if name == "mode" and said in MODES:
        return say(MODES[said])
    if said is None or said == () or said == "":
        return "–"
    if isinstance(said, bool):
        return say(_("oui")) if said else say(_("non"))
    if isinstance(said, datetime):
        return local(said, zone).strftime("%d/%m/%Y %H:%M")
    if isinstance(said, date):
        return said.strftime("%d/%m/%Y")
    if isinstance(said, tuple):
        return _cut(", ".join(_part(part, zone) for part in said))
    return _cut(str(said))


def _part(part: Any, zone: str) -> str:
    if isinstance(part, tuple) and len(part) == 2 and isinstance(part[0], datetime):
        start, end = local(part[0], zone), local(part[1], zone)
        return f"{start:%d/%m} {start:%H:%M}-{end:%H:%M}"
    if isinstance(part, tuple) and part and isinstance(part[-1], bool):
        return str(part[0])
    return "-".join(map(str, part)) if isinstance(part, tuple) else str(part)


def _cut(said: str, limit: int = 160) -> str:
    return said if len(said) <= limit else said[: limit - 1] + "…"


def _said(message: str, params: Mapping[str, Any], language: str) -> str:
    shown = {name: day_words(value, language) if isinstance(value, date) else value for name, value in params.items()}
    return translator(language)(message) % shown
