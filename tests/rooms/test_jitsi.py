"""Jitsi: a room that both find and nobody guesses, and a token for one person, one room, one hour."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from jobdating.domain.states import RoomProvider
from jobdating.rooms import jitsi
from jobdating.rooms.jitsi import Server
from jobdating.rooms.room import Guest, Meeting, Way

MEETING = Meeting(7, RoomProvider.JITSI, "Chaudronnerie de l’Orne")
RECRUITER, CANDIDATE = Guest("guest-r", "Manon Dubosq", True), Guest("guest-c", "Inès Besnard", False)
OWN = "a secret that only the tests know, long enough"
SERVER = Server("meet.example", "jobdating", "another secret, for the tokens of Jitsi")
WALL = datetime.now(UTC)


def test_both_parties_get_the_same_room_and_other_bookings_and_houses_another() -> None:
    plain = Server("meet.example")
    ways = {jitsi.address(MEETING, plain, who, own_secret=OWN, wall=WALL) for who in (RECRUITER, CANDIDATE)}
    assert len(ways) == 1
    names = {jitsi.room_name(secret, f"booking/{n}") for secret in (OWN, OWN + "!") for n in range(1, 200)}
    assert len(names) == 398
    assert all(len(name) == 26 and name.isalnum() for name in names)
    assert ways == {f"https://meet.example/{jitsi.room_name(OWN, 'booking/7')}"}


def test_a_group_meets_in_one_room_and_two_people_in_their_own() -> None:
    def way(booking_id: int, group: str) -> str:
        meeting = Meeting(booking_id, RoomProvider.JITSI, "Réunion", group=group)
        return jitsi.address(meeting, Server("meet.example"), CANDIDATE, own_secret=OWN, wall=WALL)

    assert way(1, "slot/5") == way(2, "slot/5") != way(3, "slot/6")
    assert way(1, "") != way(2, "")


@pytest.mark.parametrize("guest", [RECRUITER, CANDIDATE])
def test_the_token_lets_one_person_into_one_room_for_a_short_while(guest: Guest) -> None:
    url = urlsplit(jitsi.address(MEETING, SERVER, guest, own_secret=OWN, wall=WALL))
    claims = jwt.decode(
        parse_qs(url.query)["jwt"][0], SERVER.secret, algorithms=["HS256"], audience="jobdating", issuer="jobdating"
    )
    assert (url.netloc, url.path) == ("meet.example", f"/{claims['room']}")
    assert claims["sub"] == "meet.example"
    assert claims["exp"] - WALL.timestamp() <= timedelta(hours=1).total_seconds()
    user = claims["context"]["user"]
    assert (user["id"], user["name"], user["moderator"]) == (guest.key, guest.name, guest.moderator)
    assert user["affiliation"] == ("owner" if guest.moderator else "member")
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(parse_qs(url.query)["jwt"][0], OWN, algorithms=["HS256"], audience="jobdating")


def test_an_old_token_lets_nobody_in() -> None:
    url = jitsi.address(MEETING, SERVER, CANDIDATE, own_secret=OWN, wall=WALL - timedelta(hours=2))
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(parse_qs(urlsplit(url).query)["jwt"][0], SERVER.secret, algorithms=["HS256"], audience="jobdating")


def test_without_a_domain_there_is_no_room() -> None:
    assert jitsi.describe(MEETING, Server("")).way is Way.MISSING
    assert jitsi.describe(MEETING, SERVER).host == "meet.example"
