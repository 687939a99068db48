"""The timetable as it grows: which pair meets in which slot, and what that leaves open, as bits. Keeps the rules of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jobdating.domain.timetable.table import Table, bits

NOWHERE = -1
TOO_MANY = 2  # whoever is put in the place of more than this many pays too much


class Board:
    """Links (pairs that may meet) in slots. What is locked is not on it: the table has taken it out of what is free.

    `fixed` links stay where they are placed; `told` ones, whose people know, had better.
    """

    def __init__(
        self, table: Table, *, fixed: frozenset[int] = frozenset(), told: frozenset[int] = frozenset()
    ) -> None:
        self.table = table
        self.fixed = fixed
        self.told = told
        self.slot_of = [NOWHERE] * len(table.links)
        self.stand_open = list(table.stand_free)
        self.candidate_open = list(table.candidate_free)
        self.at_stand: list[dict[int, int]] = [{} for _ in table.stand_free]
        self.at_candidate: list[dict[int, int]] = [{} for _ in table.candidate_free]
        self._trail: list[tuple[int, int]] = []  # link, where it was: to go back

    def open(self, link: int) -> int:
        """The slots in which both can meet as things stand."""
        pair = self.table.links[link]
        return self.stand_open[pair.stand] & self.candidate_open[pair.candidate]

    def count(self, candidate: int) -> int:
        """How many interviews the candidate has, locked ones too."""
        return len(self.at_candidate[candidate]) + len(self.table.locked[candidate])

    def place(self, link: int, slot: int) -> None:
        """Let the pair meet in a slot that is open to both."""
        pair = self.table.links[link]
        self.slot_of[link] = slot
        self.at_stand[pair.stand][slot] = link
        self.stand_open[pair.stand] &= ~(1 << slot)
        self.at_candidate[pair.candidate][slot] = link
        self.candidate_open[pair.candidate] &= ~self.table.near[slot]
        self._trail.append((link, NOWHERE))

    def remove(self, link: int) -> int:
        """Take the pair off; the slot it had."""
        pair, slot = self.table.links[link], self.slot_of[link]
        self.slot_of[link] = NOWHERE
        del self.at_stand[pair.stand][slot]
        self.stand_open[pair.stand] |= 1 << slot
        del self.at_candidate[pair.candidate][slot]
        self.candidate_open[pair.candidate] = self.open_without(pair.candidate, NOWHERE)
        self._trail.append((link, slot))
        return slot

    def open_without(self, candidate: int, slot: int) -> int:
        """The slots that are open to the candidate when what they have in `slot` goes."""
        taken = 0
        for other in self.at_candidate[candidate]:
            if other != slot:
                taken |= self.table.near[other]
        return self.table.candidate_free[candidate] & ~taken

    def add(self, link: int, *, hint: int = 0) -> bool:
        """Place the pair in an open slot, one of `hint` if there is one, or make room by a chain; whether it could."""
        slots = self.open(link)
        if not slots:
            return self._make_room(link)
        slots = slots & hint or slots
        self.place(link, (slots & -slots).bit_length() - 1)
        return True

    def displace(self, link: int, *, depth: int, kept: frozenset[int] = frozenset()) -> bool:
        """Add the pair in the place of others who all find another, displacing others in turn up to `depth` times;
        nothing has changed when it could not. `kept` stay on the board."""
        if self.add(link):
            return True
        if depth == 0:
            return False
        for slot in bits(self.table.links[link].common):
            those = self._in_the_way(link, slot)
            if len(those) > TOO_MANY or any(one in kept or one in self.fixed for one in those):
                continue
            before = len(self._trail)
            for one in those:
                self.remove(one)
            self.place(link, slot)
            others = kept | {link, *those}
            if all(self.displace(one, depth=depth - 1, kept=others - {one}) for one in those):
                return True
            self._go_back(before)
        return False

    def _in_the_way(self, link: int, slot: int) -> list[int]:
        """Who would have to go if the pair met in this slot."""
        pair, near = self.table.links[link], self.table.near[slot]
        other = self.at_stand[pair.stand].get(slot)
        own = [one for taken, one in self.at_candidate[pair.candidate].items() if near >> taken & 1]
        return own if other is None else [other, *own]

    def _go_back(self, length: int) -> None:
        for link, slot in reversed(self._trail[length:]):
            if slot == NOWHERE:
                self.remove(link)
            else:
                self.place(link, slot)
        del self._trail[length:]

    def _make_room(self, link: int) -> bool:
        """Place the pair by moving others along an alternating chain of two slots (Kempe 1879), the one that moves the
        fewest who were told, then the fewest; whether there is one.

        With `own` a slot open to the candidate and `other` one open to the stand, whoever the stand meets in `own`
        goes to `other`, whom that displaces goes to `own`, and so on; or the same from the candidate's side. Inside
        the chain people have both slots before and after, so that only its end can meet a slot that is not open.
        """
        best, least = None, (0, 0)
        for chain in self._chains(link):
            moves = (sum(one in self.told for one in chain.links) if self.told else 0, len(chain.links))
            if best is None or moves < least:
                best, least = chain, moves
                if least == (0, 1):
                    break
        if best is None:
            return False
        places = [best.target if self.remove(one) == best.source else best.source for one in best.links]
        for one, place in zip(best.links, places, strict=True):
            self.place(one, place)
        self.place(link, best.source)
        return True

    def _chains(self, link: int) -> Iterator[_Chain]:
        """Every chain that frees its `source` for the pair."""
        pair = self.table.links[link]
        stand, candidate = pair.stand, pair.candidate
        theirs, mine = self.stand_open[stand], self.candidate_open[candidate]
        if not theirs:
            return
        for own in bits(mine & pair.common):
            for other in bits(theirs):
                if links := self._chain(self.at_stand[stand][own], own, other, at_candidate=True):
                    yield _Chain(links, own, other)
        for other in bits(theirs & pair.common):
            blocking = self.at_candidate[candidate].get(other)
            if blocking is None:
                continue
            rest = self.open_without(candidate, other)
            if not rest >> other & 1:
                continue
            for own in bits(rest & mine & ~self.table.near[other]):
                if links := self._chain(blocking, other, own, at_candidate=False):
                    yield _Chain(links, other, own)

    def _chain(self, first: int, source: int, target: int, *, at_candidate: bool) -> list[int]:
        """Whom it takes to move `first` from `source` to `target`, whom that displaces to `source`, and so on; empty
        when one of them cannot. `at_candidate`: it is the candidate of `first` who may be busy in `target`."""
        chain: list[int] = []
        link: int | None = first
        while link is not None:
            if link in self.fixed:
                return []
            chain.append(link)
            pair = self.table.links[link]
            if at_candidate:
                link = self.at_candidate[pair.candidate].get(target)
                if link is None and not self.open_without(pair.candidate, source) >> target & 1:
                    return []
            else:
                link = self.at_stand[pair.stand].get(target)
                if link is None and not self.stand_open[pair.stand] >> target & 1:
                    return []
            at_candidate = not at_candidate
            source, target = target, source
        return chain


@dataclass(frozen=True, slots=True)
class _Chain:
    """Links that are by turns in `source` and in `target`, and change places."""

    links: list[int]
    source: int
    target: int
