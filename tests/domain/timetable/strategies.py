"""Small instances of every kind, for hypothesis: sound ones, with what is locked, pinned and forbidden."""

from hypothesis import strategies as st

from jobdating.domain.timetable import Candidate, Instance, Interview, Pair, Policy, Stand
from jobdating.domain.timetable.instance import Ranges, slots_of

HALF_DAYS = ((0, 4), (4, 7))
SLOTS = 7


def ranges(slots: set[int]) -> Ranges:
    """These slots as ranges, each slot a range of its own."""
    return tuple((slot, slot + 1) for slot in sorted(slots))


@st.composite
def instances(draw: st.DrawFn, *, pins: bool = True) -> Instance:
    """Up to five stands and six candidates on seven slots; what is kept is kept without contradiction."""
    times = st.sets(st.integers(0, SLOTS - 1), max_size=SLOTS)
    stands = [Stand(f"r{number}", ranges(draw(times))) for number in range(draw(st.integers(1, 5)))]
    ids = [stand.id for stand in stands]
    candidates = [
        Candidate(
            f"c{number}", ranges(draw(times)), tuple(draw(st.lists(st.sampled_from(ids), unique=True, max_size=4)))
        )
        for number in range(draw(st.integers(1, 6)))
    ]
    policy = Policy(cap=draw(st.integers(1, 3)), min_gap=draw(st.integers(0, 2)))
    pairs = [Pair(candidate.id, id) for candidate in candidates for id in ids]
    forbidden = tuple(draw(st.lists(st.sampled_from(pairs), unique=True, max_size=2)))
    locked = tuple(_locked(draw, stands, candidates, policy, set(forbidden)))
    counts = [one.candidate for one in locked]
    pinned = []
    for pair in draw(st.lists(st.sampled_from(pairs), unique=True, max_size=2)) if pins else ():
        if pair not in forbidden and counts.count(pair.candidate) < policy.cap:
            pinned.append(pair)
            counts.append(pair.candidate)
    return Instance(SLOTS, HALF_DAYS, tuple(stands), tuple(candidates), locked, tuple(pinned), forbidden, policy)


def _locked(
    draw: st.DrawFn, stands: list[Stand], candidates: list[Candidate], policy: Policy, forbidden: set[Pair]
) -> list[Interview]:
    """Up to two bookings within the rules, gaps aside."""
    locked: list[Interview] = []
    for _ in range(draw(st.integers(0, 2))):
        candidate, stand = draw(st.sampled_from(candidates)), draw(st.sampled_from(stands))
        common = sorted(set(slots_of(candidate.free)) & set(slots_of(stand.free)))
        if not common:
            continue
        slot = draw(st.sampled_from(common))
        busy = any(one.slot == slot and (one.candidate == candidate.id or one.stand == stand.id) for one in locked)
        met = any(one.pair == Pair(candidate.id, stand.id) for one in locked)
        full = sum(one.candidate == candidate.id for one in locked) >= policy.cap
        if not busy and not met and not full and Pair(candidate.id, stand.id) not in forbidden:
            locked.append(Interview(candidate.id, stand.id, slot))
    return locked
