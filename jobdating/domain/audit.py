"""Which events of the journal an auditor looks for, and under what head. Pure."""

from enum import StrEnum


class Category(StrEnum):
    """A head of the audit. CHANGES are all that staff do and no other head names."""

    ALL = "all"
    SIGN_INS = "sign_ins"
    READINGS = "readings"
    EXPORTS = "exports"
    CONSENTS = "consents"
    CHANGES = "changes"


KINDS: dict[Category, frozenset[str]] = {
    Category.SIGN_INS: frozenset(
        {"SignedIn", "SignInRefused", "SecondFactorHeld", "SecondFactorChanged", "RightsChanged", "LeadChanged"}
    ),
    Category.READINGS: frozenset({"DocumentRead", "ProfileRead", "NotesRead"}),
    Category.EXPORTS: frozenset({"FairExported", "InterviewsExported", "AuditExported"}),
    Category.CONSENTS: frozenset(
        {
            "CandidateRegistered", "PermissionChanged", "ParentAsked", "PaperChanged", "KeepingChanged",
            "AdultChanged", "AccountErased", "PeopleForgotten",
        }
    ),
}  # fmt: skip
NAMED = frozenset().union(*KINDS.values())


def category(kind: str) -> Category:
    """The head an event stands under."""
    return next((head for head, kinds in KINDS.items() if kind in kinds), Category.CHANGES)
