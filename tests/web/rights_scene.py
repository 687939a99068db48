"""Two fairs and six people, each with things of their own: what the table of rights is tried on."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Table, select

from jobdating.clock import WallClock
from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.domain.repair.record import Record, encode
from jobdating.exchange import parcel
from jobdating.services import booking, sessions, tokens
from tests import factories as make
from tests.factories import BEFORE, MORNING

MISSING = 987_654
NOBODY = "0" * 64
PEOPLE = {  # and the letter of each in the table
    "nobody": "n",
    "candidate": "c",
    "recruiter": "r",
    "lead": "l",
    "organiser": "o",
    "administrator": "a",
}


class Scene:
    """In the fair `ici` a company has two stands. The recruiter works at the one that is everybody's own here; the
    lead works at its sister, and leads both. The neighbour is another company's stand, with its own candidate.
    The fair `ailleurs` is none of anybody's business.
    """

    def __init__(self, tx: Connection) -> None:
        here = make.make_fair(tx, slug="ici", name="Job dating")
        company = make.make_company(tx, here, name="Ateliers")
        sister = make.make_stand(tx, here, company_id=company, name="Stand")
        self._own = _things(tx, "ici", here, company=company, sister=sister)
        self._near = _things(tx, "ici", here)
        self._other = _things(tx, "ailleurs", make.make_fair(tx, slug="ailleurs", name="Job dating"))
        self.actors: dict[str, Actor | None] = {
            "nobody": None,
            "candidate": self._own["actor"],
            "recruiter": Actor(_account(tx, t.recruiters, self._own["recruiter"])),
            "lead": make.make_recruiter(tx, sister, lead=True),
            "organiser": make.make_organiser(tx, here),
            "administrator": Actor(make.make_account(tx, administrator=True), administrator=True),
        }
        make.make_organiser(tx, here)  # so that the other may leave
        workers = ("lead", "organiser", "administrator")
        self._accounts = {who: _of_account(tx, actor.account_id) for who in workers if (actor := self.actors[who])}
        self._accounts["recruiter"] = _of_account(tx, _account(tx, t.recruiters, self._own["recruiter"]))

    def own(self, who: str) -> dict[str, Any]:
        """Ids by the names that addresses give them: things of the own stand, and of the person's own account."""
        return self._own | self._accounts.get(who, {})

    def near(self) -> dict[str, Any]:
        return self._near

    def other(self) -> dict[str, Any]:
        return self._other

    def missing(self) -> dict[str, Any]:
        return dict.fromkeys(self._own, MISSING) | {"fair": "ici", "session": NOBODY, "sister": self._own["sister"]}


def fill_disk(tx: Connection) -> None:
    """From here on every row that would be written finds the disk full: nothing changes, however much is tried."""
    tx.exec_driver_sql("CREATE TABLE filler (content BLOB)")
    for table in t.metadata.sorted_tables:
        for act in ("INSERT", "UPDATE", "DELETE"):
            tx.exec_driver_sql(
                f"CREATE TEMP TRIGGER {act}_{table.name} BEFORE {act} ON main.{table.name}"
                " BEGIN INSERT INTO filler VALUES (zeroblob(9000000)); END"
            )
    pages = tx.exec_driver_sql("PRAGMA page_count").scalar_one()
    tx.exec_driver_sql(f"PRAGMA max_page_count = {pages + 100}").close()


def _things(tx: Connection, slug: str, fair_id: int, *, company: int = 0, sister: int = 0) -> dict[str, Any]:
    company = company or make.make_company(tx, fair_id, name="Ateliers")
    stand = make.make_stand(tx, fair_id, company_id=company, name="Stand")
    sister = sister or make.make_stand(tx, fair_id, company_id=company, name="Stand")
    slots = make.make_slots(tx, stand)
    actor = make.make_candidate(tx, fair_id)
    made = booking.book(tx, actor, slot_id=slots[0], now=BEFORE)
    recruiter = make.make_recruiter(tx, stand)
    site = _insert(tx, t.sites, fair_id=fair_id, name=f"Caen {stand}")
    content = {"filename": "cv.pdf", "size": 4, "content": b"%PDF", "uploaded_at": BEFORE}
    _insert(tx, t.documents, candidate_id=made.candidate_id, **content)
    sheet = parcel.pack({"candidats.csv": "Prénom;Nom;E-mail\n".encode()})
    repair = encode(Record(5, MORNING, MORNING + timedelta(hours=3), (), ()))
    when = {"made_at": BEFORE, "undo_until": BEFORE + timedelta(hours=1)}
    _insert_plain(tx, t.wishes, candidate_id=made.candidate_id, stand_id=stand, rank=1, eligible=True)
    gap = {"stand_id": stand, "cause_id": made.id, "opened_at": MORNING, "until": MORNING + timedelta(hours=1)}
    offer = {"made_at": MORNING, "expires_at": MORNING + timedelta(hours=1)}
    second = _booked(tx, actor, make.make_slots(tx, sister)[4])
    clash = {"first_id": made.id, "second_id": second, "first_at": MORNING, "second_at": MORNING}
    upload = _insert(tx, t.uploads, fair_id=fair_id, name="x.csv", content=sheet, step_at=BEFORE, made_at=BEFORE)
    return {
        "actor": actor,
        "fair": slug,
        "fair_number": fair_id,
        "stand": stand,
        "sister": sister,
        "slot": slots[1],
        "booking": made.id,
        "candidate": made.candidate_id,
        "company": company,
        "thing": site,
        "upload": upload,
        "repair": _insert(tx, t.repairs, fair_id=fair_id, stand_id=stand, way="later", data=repair, **when),
        "letter": "a",
        "adult": MISSING,  # known by a secret that is in their mail alone
        "secret": NOBODY,
        "offer": _insert(
            tx,
            t.gap_offers,
            gap_id=_insert(tx, t.gaps, fair_id=fair_id, **gap),
            candidate_id=made.candidate_id,
            **offer,
        ),
        "clash": _insert(tx, t.clashes, fair_id=fair_id, candidate_id=made.candidate_id, found_at=MORNING, **clash),
        "recruiter": tx.execute(
            select(t.recruiters.c.id).where(t.recruiters.c.account_id == recruiter.account_id)
        ).scalar_one(),
        **_of_account(tx, actor.account_id),
    }


def _of_account(tx: Connection, account_id: int | None) -> dict[str, Any]:
    """What belongs to an account: another session, a token, a passkey."""
    assert account_id is not None
    now = WallClock().now() - timedelta(minutes=1)
    secret, _ = sessions.open(tx, account_id, now=now, second_factor=True)
    session = sessions.resolve(tx, secret, now=now)
    assert session is not None
    tokens.make(tx, account_id, name="robot", now=now)
    last = select(t.api_tokens.c.id).order_by(t.api_tokens.c.id.desc()).limit(1)
    key = {"credential": f"key {account_id} {session.id[:8]}", "public_key": b"", "transports": [], "made_at": now}
    _insert_plain(tx, t.second_factors, account_id=account_id, nonce=session.id, app_since=now)
    return {
        "session": session.id,
        "token": tx.execute(last).scalar_one(),
        "passkey": _insert(tx, t.passkeys, account_id=account_id, **key),
        "consent": _insert(tx, t.consents, account_id=account_id, given_by="x", wording="x", given_at=now),
    }


def _booked(tx: Connection, candidate: Actor, slot_id: int) -> int:
    return int(booking.book(tx, candidate, slot_id=slot_id, now=BEFORE).id)


def _account(tx: Connection, table: Table, row_id: int) -> int:
    return int(tx.execute(select(table.c.account_id).where(table.c.id == row_id)).scalar_one())


def _insert_plain(tx: Connection, table: Table, **values: Any) -> None:
    tx.execute(table.insert().values(**values))


def _insert(tx: Connection, table: Table, **values: Any) -> int:
    return int(tx.execute(table.insert().values(**values).returning(table.c.id)).scalar_one())
