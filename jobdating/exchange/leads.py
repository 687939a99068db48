"""Understands who of a stand's recruiters leads the company: yes or no for each, or their names. Touches no database."""

import re
from dataclasses import dataclass, field, replace

from jobdating.domain.content import Item, Known
from jobdating.exchange.parsing import words
from jobdating.exchange.parsing.words import Unclear, key
from jobdating.exchange.tables import Row, Table

Team = dict[str, dict[str, str]]  # the recruiters of a row by address, in their order


@dataclass
class Leads:
    """What the rows say, by company: who leads at one stand of it leads it."""

    said: dict[str, dict[str, bool]] = field(default_factory=dict)

    def read(self, table: Table, row: Row, company: str, team: Team) -> None:
        """What one row says; an empty cell says nothing."""
        if not row.said("leads"):
            return
        named = len(words.items(row.cells.get("emails"), ",; \n"))
        if named != len(team):  # an address that is wrong is noted where it stands
            return
        known = self.said.setdefault(company, {})
        for email, leads in _read(table, row, team).items():
            known[email] = known.get(email, False) or leads

    def told(self, item: Item, stored: Known | None) -> Item:
        """The stand with who leads there; of whom no row speaks stays as they are."""
        said = self.said.get(item.values["company"], {})
        known = stored.item.values if stored else {"leads": (), "recruiters": ()}
        before = set(known["leads"])
        team = before.union(item.values.get("recruiters", known["recruiters"]))
        if not said.keys() & team:
            return item
        leads = tuple(sorted(email for email in team if said.get(email, email in before)))
        return replace(item, values={**item.values, "leads": leads})


def _read(table: Table, row: Row, team: Team) -> dict[str, bool]:
    parts = [part.strip() for part in re.split("[,;/\n]", words.text(row.cells["leads"]))]
    if len(parts) != len(team):
        parts = [part for part in parts if part]
    answers = [_yes(part) for part in parts]
    if any(answer is None for answer in answers):
        return _by_name(table, row, team, parts)
    if not team:
        if any(answers):
            table.wrong(row, "leads", "lead_nobody")
        return {}
    if len(answers) == len(team):
        return {email: bool(answer) for email, answer in zip(team, answers, strict=True)}
    if len(answers) > 1:
        table.wrong(row, "leads", "lead_count", count=len(team))
    elif answers[0]:
        table.wrong(row, "leads", "lead_which")
    else:
        return dict.fromkeys(team, False)
    return {}


def _by_name(table: Table, row: Row, team: Team, parts: list[str]) -> dict[str, bool]:
    found = table.each(row, "leads", [part for part in parts if part], lambda part: _one(team, words.text(part)))
    return {email: email in found for email in team} if found else {}


def _one(team: Team, said: str) -> str:
    """The address of whom a name or an address means: both names in any order, or one that nobody else has."""
    whole = [email for email, person in team.items() if key(said) in _names(email, person)]
    half = [email for email, person in team.items() if key(said) in {key(name) for name in person.values()}]
    meant = whole or half
    if len(meant) != 1:
        raise Unclear("lead_which" if meant else "lead_unknown")
    return meant[0]


def _names(email: str, person: dict[str, str]) -> set[str]:
    first, last = person.get("first_name", ""), person.get("last_name", "")
    return {key(email), key(first + last), key(last + first)} - {""}


def _yes(said: str) -> bool | None:
    try:
        return words.yes(said)
    except Unclear:
        return None
