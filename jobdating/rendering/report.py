"""A stand's interviews as rows of a table, in the reader's language. Pure."""

from collections.abc import Iterable

from jobdating.domain.states import BookingState, NextStep
from jobdating.queries.interviews import Entry
from jobdating.rendering.environment import translator
from jobdating.rendering.words import clock_time, local


def _(message: str) -> str:
    """Marks a message for the catalogue; it is translated where it is said."""
    return message


HEADINGS = (
    _("Jour"), _("Heure"), _("Candidat"), _("Niveau"), _("Métiers"), _("Centre"), _("État"), _("Suite"),
    _("Adéquation"), _("Note"),
)  # fmt: skip
STATES = {
    BookingState.DONE: _("terminé"),
    BookingState.NO_SHOW: _("absence non excusée"),
    BookingState.CALLED: _("en cours"),
    BookingState.IN_PROGRESS: _("en cours"),
}
STEPS = {
    NextStep.SHORTLIST: _("Présélection"),
    NextStep.SECOND_INTERVIEW: _("Deuxième entretien"),
    NextStep.OFFER: _("Proposition"),
    NextStep.NO: _("Pas de suite"),
}


def headings(language: str) -> list[str]:
    say = translator(language)
    return [say(heading) for heading in HEADINGS]


def rows(entries: Iterable[Entry], language: str, *, zone: str) -> list[list[str | int | None]]:
    """One row an interview, under `headings`. Days as 2027-06-17: every spreadsheet sorts them."""
    say = translator(language)
    return [
        [
            local(entry.due_at, zone).date().isoformat(),
            clock_time(entry.due_at, zone),
            entry.name,
            entry.level,
            ", ".join(entry.trades),
            entry.site,
            say(STATES.get(entry.state, _("à venir"))),
            say(STEPS[entry.next_step]) if entry.next_step in STEPS else "",
            entry.rating,
            entry.note,
        ]
        for entry in entries
    ]
