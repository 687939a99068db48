"""What candidates say of themselves, their wishes and their CV: kept as said, refused with the reason, written down."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.errors import Invalid, NotFound, SignInNeeded
from jobdating.domain.policy import ANONYMOUS, Actor
from jobdating.services import booking, candidate, documents, wishes
from tests.factories import BEFORE, make_candidate, make_fair, make_organiser, make_recruiter, make_slots, make_stand

PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"
SAID = candidate.Profile("CAP", frozenset({"Soudage"}), None, "15_17", None, "06 39 98 12 34", "J’aime souder.")


def _fair(tx: Connection) -> tuple[int, Actor, int, int]:
    fair = make_fair(tx)
    stand = make_stand(tx, fair)
    make_stand(tx, fair, trades=["Usinage"])
    ines = make_candidate(tx, fair)
    return fair, ines, ines.candidates[fair], stand


async def test_a_profile_is_kept_and_the_same_again_is_no_change(db: Database) -> None:
    _, ines, me, _ = await db.write(_fair)
    for _ in range(2):
        await db.write(candidate.change, ines, candidate_id=me, profile=SAID, now=BEFORE)
    row, entries = await db.read(
        lambda tx: (
            tx.execute(select(t.candidates).where(t.candidates.c.id == me)).one(),
            tx.execute(select(t.journal.c.kind).where(t.journal.c.kind == "ProfileChanged")).all(),
        )
    )
    assert (row.level, row.age_band, row.about) == ("CAP", "15_17", "J’aime souder.")
    assert len(entries) == 1


async def test_every_wrong_field_is_named_and_nothing_is_written(db: Database) -> None:
    _, ines, me, _ = await db.write(_fair)
    wrong = candidate.Profile("CAP", frozenset({"Pâtisserie"}), 999, "", (), "douze", "x" * 5_000)
    with pytest.raises(Invalid) as refusal:
        await db.write(candidate.change, ines, candidate_id=me, profile=wrong, now=BEFORE)
    assert refusal.value.params["fields"] == {
        "trades": "missing", "site_id": "choice", "age_band": "missing", "availability": "missing",
        "phone": "phone", "about": "too_long",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\u202eb\u200bc", "abc"),
        ("<b>fort</b>", "<b>fort</b>"),
        (" deux \r\n\n\n\n lignes ", "deux\n\nlignes"),
        ("e\u0301t\u00e9", "été"),
    ],
)
async def test_what_was_typed_is_made_plain(db: Database, typed: str, kept: str) -> None:
    _, ines, me, _ = await db.write(_fair)
    await db.write(candidate.change, ines, candidate_id=me, profile=replace(SAID, about=typed), now=BEFORE)
    about = await db.read(lambda tx: tx.execute(select(t.candidates.c.about).where(t.candidates.c.id == me)).scalar())
    assert about == kept


async def test_control_characters_are_refused(db: Database) -> None:
    _, ines, me, _ = await db.write(_fair)
    with pytest.raises(Invalid) as refusal:
        await db.write(candidate.change, ines, candidate_id=me, profile=replace(SAID, about="a\x00b"), now=BEFORE)
    assert refusal.value.params["fields"] == {"about": "control"}


async def test_a_profile_is_foreign_to_others(db: Database) -> None:
    fair, _, me, _ = await db.write(_fair)
    hugo = await db.write(lambda tx: make_candidate(tx, fair))
    with pytest.raises(NotFound):
        await db.write(candidate.change, hugo, candidate_id=me, profile=SAID, now=BEFORE)


async def test_wishes_keep_their_order_and_are_marked_when_they_do_not_suit(db: Database) -> None:
    def play(tx: Connection) -> list[tuple[int, bool]]:
        fair, ines, me, stand = _fair(tx)
        other, far = make_stand(tx, fair), make_stand(tx, fair, trades=["Usinage"])
        for each in (stand, other, far, other):
            wishes.add(tx, ines, candidate_id=me, stand_id=each, now=BEFORE)
        wishes.place(tx, ines, candidate_id=me, stand_id=far, rank=1, now=BEFORE)
        wishes.remove(tx, ines, candidate_id=me, stand_id=stand, now=BEFORE)
        assert wishes.ranking(tx, me) == [far, other]
        machinist = replace(SAID, trades=frozenset({"Usinage"}))
        candidate.change(tx, ines, candidate_id=me, profile=machinist, now=BEFORE)
        rows = tx.execute(select(t.wishes.c.rank, t.wishes.c.eligible).order_by(t.wishes.c.rank))
        return [(row.rank, row.eligible) for row in rows]

    assert await db.write(play) == [(1, True), (2, False)]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "missing"),
        (b"MZ\x90 not a document", "not_pdf"),
        (b"%PDF-1.7 cut off", "not_pdf"),
        (PDF + b" " * documents.MAX_SIZE, "too_large"),
    ],
)
async def test_only_a_whole_pdf_is_a_cv(db: Database, content: bytes, problem: str) -> None:
    _, ines, me, _ = await db.write(_fair)
    document = documents.Document("cv.pdf", content)
    with pytest.raises(Invalid) as refusal:
        await db.write(documents.keep, ines, candidate_id=me, document=document, now=BEFORE)
    assert refusal.value.params["fields"] == {"cv": problem}


async def test_a_cv_is_read_by_those_who_may_and_each_reading_is_written_down(db: Database) -> None:
    def play(tx: Connection) -> tuple[Actor, Actor, Actor, Actor, int]:
        fair, ines, me, stand = _fair(tx)
        recruiter, foreign = make_recruiter(tx, stand), make_recruiter(tx, make_stand(tx, fair))
        given = documents.Document("../../etc/CV <Inès>.PDF", PDF)
        documents.keep(tx, ines, candidate_id=me, document=given, now=BEFORE)
        booking.book(tx, ines, slot_id=make_slots(tx, stand)[3], now=BEFORE)
        return ines, recruiter, make_organiser(tx, fair), foreign, me

    ines, recruiter, organiser, foreign, me = await db.write(play)
    for reader in (ines, recruiter, organiser):
        found = await db.write(documents.read, reader, candidate_id=me, now=BEFORE)
        assert (found.filename, found.content) == ("CV Inès.pdf", PDF)
    with pytest.raises(NotFound):
        await db.write(documents.read, foreign, candidate_id=me, now=BEFORE)
    with pytest.raises(SignInNeeded):
        await db.write(documents.read, ANONYMOUS, candidate_id=me, now=BEFORE)
    kind = t.journal.c.kind == "DocumentRead"
    by = await db.read(lambda tx: set(tx.execute(select(t.journal.c.account_id).where(kind)).scalars()))
    assert by == {recruiter.account_id, organiser.account_id}
