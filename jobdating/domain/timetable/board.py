"""The timetable as it grows: which pair meets in which slot, and what that leaves open, as bits. Keeps the rules of time."""

from jobdating.domain.timetable.table import Table, bits

NOWHERE = -1


class Board:
    """Links (pairs that may meet) in slots. What is locked is not on it: the table has taken it out of what is free."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.slot_of = [NOWHERE] * len(table.links)
        self.stand_open = list(table.stand_free)
        self.candidate_open = list(table.candidate_free)
        self.at_stand: list[dict[int, int]] = [{} for _ in table.stand_free]
        self.at_candidate: list[dict[int, int]] = [{} for _ in table.candidate_free]

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

    def remove(self, link: int) -> int:
        """Take the pair off; the slot it had."""
        pair, slot = self.table.links[link], self.slot_of[link]
        self.slot_of[link] = NOWHERE
        del self.at_stand[pair.stand][slot]
        self.stand_open[pair.stand] |= 1 << slot
        del self.at_candidate[pair.candidate][slot]
        self.candidate_open[pair.candidate] = self.open_without(pair.candidate, NOWHERE)
        return slot

    def open_without(self, candidate: int, slot: int) -> int:
        """The slots that are open to the candidate when what they have in `slot` goes."""
        taken = 0
        for other in self.at_candidate[candidate]:
            if other != slot:
                taken |= self.table.near[other]
        return self.table.candidate_free[candidate] & ~taken

    def make_room(self, link: int) -> bool:
        """Place the pair by moving others along an alternating chain of two slots; whether there was one (Kempe 1879).

        With `own` a slot open to the candidate and `theirs` one open to the stand, whoever the stand meets in `own`
        goes to `theirs`, whom that displaces goes to `own`, and so on. Inside the chain people have both slots before
        and after, so that only its end can meet a slot that is not open.
        """
        pair = self.table.links[link]
        stand, candidate = pair.stand, pair.candidate
        mine, theirs = self.candidate_open[candidate], self.stand_open[stand]
        stand_free, candidate_free = self.table.stand_free[stand], self.table.candidate_free[candidate]
        for own in bits(mine & stand_free):
            for other in bits(theirs):
                if self._swap(self.at_stand[stand].get(own), own, other, from_stand=True):
                    self.place(link, own)
                    return True
        for other in bits(theirs & candidate_free):
            blocking = self.at_candidate[candidate].get(other)
            if blocking is None:
                continue
            rest = self.open_without(candidate, other)
            if not rest >> other & 1:
                continue
            for own in bits(rest & mine & ~self.table.near[other]):
                if self._swap(blocking, other, own, from_stand=False):
                    self.place(link, other)
                    return True
        return False

    def _swap(self, first: int | None, slot: int, other: int, *, from_stand: bool) -> bool:
        """Move `first` from `slot` to `other`, whom that displaces from `other` to `slot`, and so on, if all can.

        `from_stand`: the stand of `first` has `other` open; if not, its candidate has.
        """
        if first is None:
            return False
        chain: list[int] = []
        link: int | None = first
        at_candidate = from_stand  # whose side is looked at next
        source, target = slot, other
        while link is not None:
            chain.append(link)
            pair = self.table.links[link]
            if at_candidate:
                following = self.at_candidate[pair.candidate].get(target)
                if following is None and not self.open_without(pair.candidate, source) >> target & 1:
                    return False
            else:
                following = self.at_stand[pair.stand].get(target)
                if following is None and not self.stand_open[pair.stand] >> target & 1:
                    return False
            link = following
            at_candidate = not at_candidate
            source, target = target, source
        slots = [self.remove(one) for one in chain]
        for one, before in zip(chain, slots, strict=True):
            self.place(one, other if before == slot else slot)
        return True
