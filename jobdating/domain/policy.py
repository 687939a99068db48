"""Who may do what. Pure: the same functions guard pages, the API and the sockets' topics."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from jobdating.domain.errors import NotFound, SignInNeeded
from jobdating.domain.states import Party


@dataclass(frozen=True)
class Actor:
    """Somebody who acts: an account with what it is allowed to be, or the system itself.

    `candidates` maps a fair to the account's candidate there; `stands` are those it staffs; `companies` those it
    leads as a recruiter, `led` all their stands (staffed too); `fairs` those it organises.
    """

    account_id: int | None
    candidates: Mapping[int, int] = field(default_factory=dict)
    stands: frozenset[int] = frozenset()
    companies: frozenset[int] = frozenset()
    led: frozenset[int] = frozenset()
    fairs: frozenset[int] = frozenset()
    administrator: bool = False
    system: bool = False

    def organises(self, fair_id: int) -> bool:
        return self.system or self.administrator or fair_id in self.fairs

    def staffs(self, stand_id: int, fair_id: int) -> bool:
        """Whether the actor works at the stand, or organises the fair it belongs to."""
        return stand_id in self.stands or self.organises(fair_id)

    def leads(self, stand_id: int, fair_id: int) -> bool:
        """Whether the actor leads the company of the stand, or organises the fair it belongs to."""
        return stand_id in self.led or self.organises(fair_id)

    @property
    def is_staff(self) -> bool:
        """Works here, at whatever stand or fair, and is no candidate: who is told "vous"."""
        return self.works_here and not self.candidates

    @property
    def works_here(self) -> bool:
        """Has rights over other people's interviews: what the second factor protects."""
        return bool(self.stands or self.fairs or self.administrator)

    def is_candidate(self, candidate_id: int) -> bool:
        return candidate_id in self.candidates.values()


def held_back(actor: Actor) -> Actor:
    """The actor without what the second factor protects: what remains is their own."""
    nothing: frozenset[int] = frozenset()
    return replace(actor, stands=nothing, companies=nothing, led=nothing, fairs=nothing, administrator=False)


ANONYMOUS = Actor(None)
SYSTEM = Actor(None, system=True)


def ensure_staff(actor: Actor, *, stand_id: int, fair_id: int) -> Party:
    """The party the actor is at this stand. Raises NotFound: a foreign stand answers like a missing one."""
    if stand_id in actor.stands:
        return Party.STAND
    if actor.system:
        return Party.SYSTEM
    if actor.organises(fair_id):
        return Party.ORGANISER
    raise _refusal(actor)


def ensure_lead(actor: Actor, *, stand_id: int, fair_id: int) -> Party:
    """As `ensure_staff`, for what decides over the stand: its company's lead, or an organiser. Raises NotFound."""
    party = ensure_staff(actor, stand_id=stand_id, fair_id=fair_id)
    if party is Party.STAND and not actor.leads(stand_id, fair_id):
        raise _refusal(actor)
    return party


def ensure_own(actor: Actor, *, candidate_id: int, fair_id: int) -> Party:
    """The candidate, or an organiser acting for them. Raises NotFound for anybody else."""
    if actor.is_candidate(candidate_id):
        return Party.CANDIDATE
    if actor.system:
        return Party.SYSTEM
    if actor.organises(fair_id):
        return Party.ORGANISER
    raise _refusal(actor)


def ensure_party(actor: Actor, *, candidate_id: int, stand_id: int, fair_id: int) -> Party:
    """One of the parties to a booking. Raises NotFound for anybody else."""
    if actor.is_candidate(candidate_id):
        return Party.CANDIDATE
    return ensure_staff(actor, stand_id=stand_id, fair_id=fair_id)


def ensure_organiser(actor: Actor, *, fair_id: int) -> None:
    """Raises NotFound for anybody who does not organise the fair."""
    if not actor.organises(fair_id):
        raise _refusal(actor)


def _refusal(actor: Actor) -> Exception:
    return SignInNeeded() if actor.account_id is None else NotFound()
