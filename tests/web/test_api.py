"""The JSON API: the same services through another door, with stable codes and keys that make a retry safe."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import Connection, func, select

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.rendering.refusals import SENTENCES
from jobdating.services import booking, gaps, queue
from jobdating.web.api.operations import OPERATIONS
from tests.factories import BEFORE, MORNING, make_candidate, make_fair, make_recruiter, make_slots, make_stand
from tests.site import Site

Client = Callable[[Actor | None], Awaitable[httpx2.AsyncClient]]


@dataclass(frozen=True)
class World:
    fair_id: int
    slug: str
    stand_id: int
    slots: list[int]
    ines: Actor
    hugo: Actor
    recruiter: Actor


def _world(tx: Connection) -> World:
    fair_id = make_fair(tx, slug="ici")
    stand_id = make_stand(tx, fair_id)
    return World(
        fair_id, "ici", stand_id, make_slots(tx, stand_id), make_candidate(tx, fair_id), make_candidate(tx, fair_id),
        make_recruiter(tx, stand_id),
    )  # fmt: skip


@pytest.fixture
async def world(site: Site) -> World:
    return await site.db.write(_world)


@pytest.fixture
async def client(site: Site) -> AsyncIterator[Client]:
    """`await client(actor)`: a program with a token of the actor; None for one without."""
    opened: list[httpx2.AsyncClient] = []

    async def open_(actor: Actor | None) -> httpx2.AsyncClient:
        headers = {} if actor is None else {"authorization": f"Bearer {await site.token(actor)}"}
        opened.append(httpx2.AsyncClient(base_url=f"{site.url}/api/v1", headers=headers))
        return opened[-1]

    yield open_
    for each in opened:
        await each.aclose()


def _is_problem(answer: httpx2.Response, status: int, code: str) -> bool:
    told = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, told["status"], told["code"]) == (status, status, code), answer.text
    return True


async def test_what_the_public_sees_needs_no_token(client: Client, world: World) -> None:
    anybody = await client(None)
    fair = (await anybody.get("/fairs/ici")).json()
    assert fair["counts"] == {"companies": 1, "offers": 0, "stands": 1, "free": 12}
    assert fair["opens_at"] == "2027-05-01T00:00:00Z"
    stands = (await anybody.get("/fairs/ici/stands")).json()
    assert [each["id"] for each in stands["items"]] == [world.stand_id]
    slots = (await anybody.get("/fairs/ici/slots", params={"stand": world.stand_id, "free": "true"})).json()
    assert slots["next"] is None
    assert slots["items"][0] == {
        "id": world.slots[0], "stand_id": world.stand_id, "starts_at": "2027-06-17T07:00:00Z",
        "ends_at": "2027-06-17T07:10:00Z", "capacity": 1, "free": 1,
    }  # fmt: skip


async def test_a_list_is_read_page_by_page(client: Client, world: World) -> None:
    anybody, seen, cursor = await client(None), [], None
    while True:
        params = {"limit": "5"} | ({"cursor": cursor} if cursor else {})
        page = (await anybody.get("/fairs/ici/slots", params=params)).json()
        seen += [each["id"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == world.slots


async def test_a_booking_is_made_moved_and_given_back(client: Client, world: World) -> None:
    ines = await client(world.ines)
    made = await ines.post(f"/slots/{world.slots[0]}/bookings")
    assert made.status_code == 201
    booking = made.json()
    assert booking == {
        "id": booking["id"], "slot_id": world.slots[0], "stand_id": world.stand_id, "state": "booked",
        "starts_at": "2027-06-17T07:00:00Z", "ends_at": "2027-06-17T07:10:00Z",
    }  # fmt: skip
    moved = await ines.post(f"/bookings/{booking['id']}/move", json={"slot_id": world.slots[3]})
    assert (moved.status_code, moved.json()["slot_id"]) == (200, world.slots[3])
    assert [each["id"] for each in (await ines.get("/bookings")).json()["items"]] == [booking["id"]]
    given_back = await ines.delete(f"/bookings/{booking['id']}")
    assert (given_back.status_code, given_back.json()["state"]) == (200, "cancelled")


async def test_second_candidate_for_a_slot_is_told_it_is_taken(client: Client, world: World) -> None:
    ines, hugo = await client(world.ines), await client(world.hugo)
    await ines.post(f"/slots/{world.slots[0]}/bookings")
    assert _is_problem(await hugo.post(f"/slots/{world.slots[0]}/bookings"), 409, "slot_taken")


async def test_refusals_of_the_rules_carry_their_codes(site: Site, client: Client, world: World) -> None:
    ines = await client(world.ines)
    await ines.post(f"/slots/{world.slots[4]}/bookings")
    assert _is_problem(await ines.post(f"/slots/{world.slots[5]}/bookings"), 409, "too_close")

    def others(tx: Connection) -> tuple[int, int]:
        beside = make_stand(tx, world.fair_id)
        foreign = make_stand(tx, world.fair_id, trades=["Usinage"])
        return make_slots(tx, beside)[4], make_slots(tx, foreign)[8]

    same_time, other_trade = await site.db.write(others)
    assert _is_problem(await ines.post(f"/slots/{same_time}/bookings"), 409, "overlap")
    assert _is_problem(await ines.post(f"/slots/{other_trade}/bookings"), 403, "not_eligible")
    site.clock.moment = MORNING + timedelta(days=30)  # type: ignore[attr-defined]
    assert _is_problem(await ines.post(f"/slots/{world.slots[8]}/bookings"), 409, "window_closed")


async def test_everything_that_goes_wrong_is_a_problem_with_a_code(client: Client, world: World) -> None:
    nobody, ines = await client(None), await client(world.ines)
    slot = f"/slots/{world.slots[0]}/bookings"
    assert _is_problem(await nobody.post(slot), 401, "sign_in_needed")
    assert _is_problem(await ines.get("/nowhere"), 404, "not_found")
    assert _is_problem(await ines.get("/fairs/nowhere"), 404, "not_found")
    assert _is_problem(await ines.post("/slots/987654/bookings"), 404, "not_found")
    assert _is_problem(await ines.post("/slots/99999999999999999999/bookings"), 404, "not_found")
    assert _is_problem(await ines.post("/slots/x/bookings"), 404, "not_found")
    assert _is_problem(await ines.put(slot), 405, "method_not_allowed")
    assert _is_problem(await ines.post(slot, content=b"{not json"), 422, "invalid")
    assert _is_problem(await ines.post(slot, content=b"\xff\xfe"), 422, "invalid")
    assert _is_problem(await ines.post(slot, json={"candidat": 3}), 422, "invalid")
    assert _is_problem(await ines.post(slot, json=[]), 422, "invalid")
    assert _is_problem(await ines.post(slot, content=b"x" * 1_100_000), 413, "too_large")
    assert _is_problem(await ines.get("/fairs/ici/slots", params={"cursor": "é"}), 422, "invalid")
    assert _is_problem(await ines.get("/fairs/ici/slots", params={"limit": "201"}), 422, "invalid")


async def test_a_token_that_is_not_known_is_nobody(site: Site, world: World) -> None:
    headers = {"authorization": "Bearer jd_never_made"}
    async with httpx2.AsyncClient(base_url=site.url, headers=headers) as stranger:
        answer = await stranger.post(f"/api/v1/slots/{world.slots[0]}/bookings")
    assert _is_problem(answer, 401, "sign_in_needed")


async def test_the_same_key_twice_is_one_booking_and_one_answer(client: Client, world: World) -> None:
    ines, key = await client(world.ines), {"idempotency-key": "essai-1"}
    first = await ines.post(f"/slots/{world.slots[0]}/bookings", headers=key)
    await ines.delete(f"/bookings/{first.json()['id']}")
    again = await ines.post(f"/slots/{world.slots[0]}/bookings", headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    other = await ines.post(f"/slots/{world.slots[1]}/bookings", headers=key)
    assert _is_problem(other, 422, "key_reused")


async def test_a_refusal_is_not_kept_under_its_key(client: Client, world: World) -> None:
    ines, hugo = await client(world.ines), await client(world.hugo)
    taken = (await hugo.post(f"/slots/{world.slots[0]}/bookings")).json()
    key = {"idempotency-key": "essai-2"}
    assert (await ines.post(f"/slots/{world.slots[0]}/bookings", headers=key)).status_code == 409
    await hugo.delete(f"/bookings/{taken['id']}")
    assert (await ines.post(f"/slots/{world.slots[0]}/bookings", headers=key)).status_code == 201


async def test_the_same_key_at_the_same_time_is_one_booking(site: Site, client: Client, world: World) -> None:
    ines, key = await client(world.ines), {"idempotency-key": "essai-3"}
    answers = await asyncio.gather(*(ines.post(f"/slots/{world.slots[0]}/bookings", headers=key) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await site.db.read(_bookings) == 1


def _bookings(tx: Connection) -> int:
    return tx.execute(select(func.count()).select_from(t.bookings)).scalar_one()


async def test_the_live_day_through_the_api(client: Client, world: World, clock: SteppedClock) -> None:
    ines, hugo, recruiter = await client(world.ines), await client(world.hugo), await client(world.recruiter)
    first = (await ines.post(f"/slots/{world.slots[0]}/bookings")).json()["id"]
    clock.moment = MORNING
    assert (await ines.post(f"/bookings/{first}/check-in")).json()["state"] == "checked_in"
    walk_in = await hugo.post(f"/stands/{world.stand_id}/queue")
    assert (walk_in.status_code, walk_in.json()["slot_id"]) == (201, None)
    line = (await recruiter.get(f"/stands/{world.stand_id}/queue")).json()["items"]
    assert [each["booking_id"] for each in line] == [first, walk_in.json()["id"]]
    assert line[0]["name"]
    theirs = (await hugo.get(f"/stands/{world.stand_id}/queue")).json()["items"]
    assert [(each["name"], each["mine"]) for each in theirs] == [(None, False), (None, True)]
    for step, state in (("call", "called"), ("start", "in_progress"), ("finish", "done")):
        assert (await recruiter.post(f"/bookings/{first}/{step}")).json()["state"] == state
    assert (await recruiter.post(f"/bookings/{walk_in.json()['id']}/no-show")).json()["state"] == "no_show"
    assert _is_problem(await ines.post(f"/bookings/{first}/call"), 404, "not_found")


async def test_who_runs_late_steps_aside_or_waits_by_the_telephone_says_so(
    site: Site, client: Client, world: World, clock: SteppedClock
) -> None:
    ines, hugo, recruiter = await client(world.ines), await client(world.hugo), await client(world.recruiter)
    path = f"/bookings/{(await ines.post(f'/slots/{world.slots[2]}/bookings')).json()['id']}"
    clock.moment = MORNING
    assert _is_problem(await hugo.post(f"{path}/run-late"), 404, "not_found")
    assert _is_problem(await ines.post(f"{path}/ask-for-phone"), 409, "phone_missing")
    for step, state in (
        ("run-late", "booked"), ("step-aside", "checked_in"), ("come-back", "checked_in"), ("keep-time", "checked_in"),
        ("come-early", "checked_in"), ("forgo-phone", "checked_in"),
    ):  # fmt: skip
        answer = await ines.post(f"{path}/{step}")
        assert (answer.status_code, answer.json()["state"]) == (200, state), step
    phone = t.accounts.update().where(t.accounts.c.id == world.ines.account_id).values(phone="06 39 98 00 01")
    await site.db.write(lambda tx: tx.execute(phone))
    key = {"idempotency-key": "rappel"}
    asked = [await ines.post(f"{path}/ask-for-phone", headers=key) for _ in range(2)]
    assert asked[0].json() == asked[1].json()
    assert _is_problem(await ines.post(f"{path}/run-late", headers=key), 422, "key_reused")
    assert _is_problem(await ines.post(f"{path}/ask-early"), 404, "not_found")
    assert (await recruiter.post(f"{path}/ask-early")).status_code == 200
    clock.moment = MORNING + timedelta(minutes=41)
    assert _is_problem(await ines.post(f"{path}/run-late"), 409, "too_late")


async def test_a_stand_with_time_to_spare_is_accepted_or_left_to_others(
    site: Site, client: Client, world: World, clock: SteppedClock
) -> None:
    ines, hugo = await client(world.ines), await client(world.hugo)
    missed = (await ines.post(f"/slots/{world.slots[0]}/bookings")).json()["id"]
    clock.moment = MORNING + timedelta(minutes=6)
    malo = await site.db.write(lambda tx: make_candidate(tx, world.fair_id))
    people = [actor.candidates[world.fair_id] for actor in (world.hugo, malo)]
    until, answer_by = MORNING + timedelta(minutes=45), MORNING + timedelta(minutes=8)

    def offer(tx: Connection) -> None:
        queue.no_show(tx, world.recruiter, booking_id=missed, now=clock.moment)  # or the timekeeper sees no gap
        gaps.offer(
            tx, stand_id=world.stand_id, cause_id=missed, candidate_ids=people, until=until, answer_by=answer_by,
            now=clock.moment,
        )  # fmt: skip

    await site.db.write(offer)
    assert (await ines.get("/gap-offers")).json() == {"items": [], "next": None}
    [his] = (await hugo.get("/gap-offers", params={"pending": "true"})).json()["items"]
    assert his == {
        "id": his["id"], "stand_id": world.stand_id, "stand": his["stand"], "state": "offered",
        "made_at": "2027-06-17T07:06:00Z", "expires_at": "2027-06-17T07:08:00Z", "until": "2027-06-17T07:45:00Z",
    }  # fmt: skip
    assert _is_problem(await ines.post(f"/gap-offers/{his['id']}/accept"), 404, "not_found")
    other = await client(malo)
    [theirs] = (await other.get("/gap-offers")).json()["items"]
    declined = await other.post(f"/gap-offers/{theirs['id']}/decline")
    assert (declined.status_code, declined.json()["state"]) == (200, "declined")
    assert (await other.get("/gap-offers", params={"pending": "true"})).json()["items"] == []
    assert _is_problem(await other.get("/gap-offers", params={"pending": "yes"}), 422, "invalid")
    accepted = [await hugo.post(f"/gap-offers/{his['id']}/accept", headers={"idempotency-key": "x"}) for _ in range(2)]
    assert accepted[0].json() == accepted[1].json()
    assert (accepted[0].status_code, accepted[0].json()["state"]) == (200, "checked_in")
    assert (await hugo.get("/gap-offers")).json()["items"][0]["state"] == "accepted"
    assert _is_problem(await other.post(f"/gap-offers/{theirs['id']}/accept"), 409, "gap_taken")


async def test_nothing_is_free_while_places_come_from_wishes(site: Site, client: Client, world: World) -> None:
    ines = await client(world.ines)

    async def told() -> tuple[bool, int, int, int, int]:
        fair = (await ines.get("/fairs/ici")).json()
        [listed] = (await ines.get("/fairs")).json()["items"]
        [stand] = (await ines.get("/fairs/ici/stands")).json()["items"]
        slots = (await ines.get("/fairs/ici/slots")).json()["items"]
        free = (await ines.get("/fairs/ici/slots", params={"free": "true"})).json()["items"]
        assert listed["by_wishes"] is fair["by_wishes"]
        return fair["by_wishes"], fair["counts"]["free"], stand["free"], sum(each["free"] for each in slots), len(free)

    assert await told() == (False, 12, 12, 12, 12)
    await site.db.write(lambda tx: tx.execute(t.fairs.update().values(mode="wishes")))
    assert await told() == (True, 0, 0, 0, 0)
    assert _is_problem(await ines.post(f"/slots/{world.slots[0]}/bookings"), 409, "wishes_first")
    await site.db.write(lambda tx: tx.execute(t.fairs.update().values(rest_open=True)))
    assert await told() == (False, 12, 12, 12, 12)


async def test_a_stand_that_is_closed_for_a_while_says_until_when(site: Site, client: Client, world: World) -> None:
    noon = t.stands.update().values(shut_until=MORNING + timedelta(hours=3))
    await site.db.write(lambda tx: tx.execute(noon))
    [stand] = (await (await client(None)).get("/fairs/ici/stands")).json()["items"]
    assert stand["shut_until"] == "2027-06-17T10:00:00Z"


def test_every_code_of_the_document_is_one_that_is_told_in_words() -> None:
    named = {code for each in OPERATIONS for code in each.codes}
    assert named <= SENTENCES.keys()


async def test_a_full_stand_s_waitlist_is_joined_and_left(site: Site, client: Client, world: World) -> None:
    def fill(tx: Connection) -> None:
        for slot in world.slots:
            booking.book(tx, make_candidate(tx, world.fair_id), slot_id=slot, now=BEFORE)

    ines, hugo, recruiter = await client(world.ines), await client(world.hugo), await client(world.recruiter)
    path = f"/stands/{world.stand_id}/waitlist"
    assert _is_problem(await ines.post(path), 409, "stand_not_full")
    await site.db.write(fill)
    for who, position in ((ines, 1), (hugo, 2), (ines, 1)):
        answer = await who.post(path)
        assert (answer.status_code, answer.json()) == (200, {"stand_id": world.stand_id, "position": position})
    assert (await ines.delete(path)).json() == {"stand_id": world.stand_id, "position": None}
    assert (await hugo.post(path)).json()["position"] == 1
    assert _is_problem(await recruiter.post(path), 403, "not_eligible")
    assert _is_problem(await hugo.post("/stands/987654/waitlist"), 404, "not_found")


async def test_twenty_commands_a_second_are_never_too_many(client: Client, world: World) -> None:
    ines = await client(world.ines)
    answers = [await ines.post(f"/slots/{world.slots[0]}/bookings") for _ in range(40)]
    assert {answer.status_code for answer in answers} == {201}


async def test_the_document_names_every_operation(client: Client) -> None:
    told = (await (await client(None)).get("/openapi.json")).json()
    assert told["openapi"].startswith("3.1")
    assert "post" in told["paths"]["/api/v1/slots/{slot}/bookings"]
