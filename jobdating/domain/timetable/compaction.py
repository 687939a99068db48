"""Brings a candidate's interviews together on fewer half-days by swaps inside a stand. Pure and deterministic.

Who meets whom does not change, so neither does the score. Each swap makes a measure grow: the squares of how many
interviews a candidate has in a half-day, and something for each half-day that is not needed any more. Then, where the
rules ask for no gap, swaps inside a half-day give pauses to those who would go straight from one to the next.
"""

from jobdating.domain.timetable.board import NOWHERE, Board
from jobdating.domain.timetable.placement import seat

MOST_SWEEPS = 30
WHOLE = 4  # what it is worth that somebody need not come for a half-day, beside squares


def compact(board: Board) -> Board:
    """The same pairs on fewer half-days; whoever was told a time keeps it."""
    days = _Days(board)
    for improve in (days.gather, days.loosen):
        for _ in range(MOST_SWEEPS):
            if not sum(improve(link) for link in days.links):
                break
    return seat(board, days.slot_of)


class _Days:
    """Who is where, in lists that are quick to change."""

    def __init__(self, board: Board) -> None:
        table = board.table
        self.slot_of = list(board.slot_of)
        self.links = [link for link, slot in enumerate(self.slot_of) if slot != NOWHERE and link not in board.told]
        self._told = board.told
        self._half_days, self._half_day_of, self._near = table.half_days, table.half_day_of, table.near
        self._beside = [
            (2 << slot | 1 << slot >> 1) & table.half_days[half_day] for slot, half_day in enumerate(table.half_day_of)
        ]
        self._common = [link.common for link in table.links]
        self._candidate = [link.candidate for link in table.links]
        self._stand = [link.stand for link in table.links]
        self._at: list[list[int]] = [[NOWHERE] * table.instance.slots for _ in table.stand_free]
        self._taken = [0] * len(table.candidate_free)
        self._counts = [[0] * len(table.half_days) for _ in table.candidate_free]
        for candidate, slots in enumerate(table.locked):
            for slot in slots:
                self._taken[candidate] |= 1 << slot
                self._counts[candidate][self._half_day_of[slot]] += 1
        for link, slot in enumerate(self.slot_of):
            if slot != NOWHERE:
                self._seat(link, slot)

    def gather(self, link: int) -> bool:
        """Change half-days inside the stand, the best change there is; whether there is one."""
        counts = self._counts[self._candidate[link]]
        slot = self.slot_of[link]
        source = self._half_day_of[slot]
        if counts[source] == sum(counts):
            return False
        best, target = 0, NOWHERE
        for half_day, count in enumerate(counts):
            if count and half_day != source:
                gain = _gain(counts, source, half_day)
                for place in self._places(link, half_day):
                    other = self._at[self._stand[link]][place]
                    more = 0 if other == NOWHERE else _gain(self._counts[self._candidate[other]], half_day, source)
                    if gain + more > best:
                        best, target = gain + more, place
        if target == NOWHERE:
            return False
        self._swap(link, target)
        return True

    def loosen(self, link: int) -> bool:
        """Change places inside the half-day, for the most pauses; whether there is such a change."""
        slot = self.slot_of[link]
        crowded = self._crowd(link, slot)
        if not crowded:
            return False
        best, target = 0, NOWHERE
        for place in self._places(link, self._half_day_of[slot]):
            other = self._at[self._stand[link]][place]
            if other == link:
                continue
            gain = crowded - self._crowd(link, place)
            if other != NOWHERE:
                gain += self._crowd(other, place) - self._crowd(other, slot)
            if gain > best:
                best, target = gain, place
        if target == NOWHERE:
            return False
        self._swap(link, target)
        return True

    def _crowd(self, link: int, slot: int) -> int:
        """How many other interviews of the candidate would be right before or after, were this one in `slot`."""
        return (self._taken[self._candidate[link]] & ~(1 << self.slot_of[link]) & self._beside[slot]).bit_count()

    def _places(self, link: int, half_day: int) -> list[int]:
        """The slots of the half-day to which the pair could go, whoever is there going to its slot."""
        near, slot = self._near, self.slot_of[link]
        rest, row = self._taken[self._candidate[link]] & ~(1 << slot), self._at[self._stand[link]]
        places = []
        slots = self._common[link] & self._half_days[half_day]
        while slots:
            low = slots & -slots
            slots ^= low
            place = low.bit_length() - 1
            if rest & near[place]:
                continue
            other = row[place]
            if other == NOWHERE or (
                self._common[other] >> slot & 1
                and other not in self._told
                and not self._taken[self._candidate[other]] & ~low & near[slot]
            ):
                places.append(place)
        return places

    def _swap(self, link: int, target: int) -> None:
        slot = self.slot_of[link]
        other = self._at[self._stand[link]][target]
        self._unseat(link)
        if other != NOWHERE:
            self._unseat(other)
            self._seat(other, slot)
        self._seat(link, target)

    def _seat(self, link: int, slot: int) -> None:
        candidate = self._candidate[link]
        self.slot_of[link] = slot
        self._at[self._stand[link]][slot] = link
        self._taken[candidate] |= 1 << slot
        self._counts[candidate][self._half_day_of[slot]] += 1

    def _unseat(self, link: int) -> None:
        candidate, slot = self._candidate[link], self.slot_of[link]
        self._at[self._stand[link]][slot] = NOWHERE
        self._taken[candidate] &= ~(1 << slot)
        self._counts[candidate][self._half_day_of[slot]] -= 1


def _gain(counts: list[int], source: int, target: int) -> int:
    """What the measure gains when one interview goes from one half-day to another."""
    leaves, comes = counts[source], counts[target]
    return 2 * (comes - leaves) + 2 + (WHOLE if leaves == 1 else 0) - (WHOLE if comes == 0 else 0)
