"""How often one may act: nobody at work is held back, a machine gone wild is, and nobody else with it. [ASVS 2.4.1]"""

import pytest

from jobdating.domain.errors import TooMany
from jobdating.web.rates import Rate, Rates
from tests import factories as make
from tests.site import Site, insert

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def test_twenty_commands_a_second_for_an_hour_are_never_held_back() -> None:
    rate = Rates().account
    for number in range(20 * 3600):
        rate.take("ines", number / 20)


def test_a_burst_is_used_up_told_how_long_and_comes_back() -> None:
    rate = Rate(per_second=2, burst=10)
    for _ in range(10):
        rate.take("ines", 100.0)
    with pytest.raises(TooMany) as refused:
        rate.take("ines", 100.0)
    assert refused.value.params["retry_after"] == 1
    rate.take("hugo", 100.0)
    rate.take("ines", 100.5)
    with pytest.raises(TooMany):
        rate.take("ines", 100.5)


def test_refusals_do_not_push_the_end_away() -> None:
    rate = Rate(per_second=1, burst=1)
    rate.take("ines", 0)
    for tenth in range(1, 10):
        with pytest.raises(TooMany):
            rate.take("ines", tenth / 10)
    rate.take("ines", 1.0)


def test_what_is_remembered_does_not_grow_without_end() -> None:
    rate = Rate(per_second=10, burst=1)
    for number in range(60_000):
        rate.take(f"network {number}", number)
    assert len(rate._whole_at) <= 20_001


async def test_a_command_too_many_is_told_when_to_come_back_and_does_nothing(site: Site) -> None:
    fair_id = await insert(site, make.make_fair, slug="juin-2027")
    stand_id = await insert(site, make.make_stand, fair_id)
    wild, calm = [await insert(site, make.make_candidate, fair_id) for _ in range(2)]
    site.app.state.house.rates.account = Rate(per_second=0.1, burst=1)
    path = f"/fairs/juin-2027/wishes/{stand_id}"
    async with site.client(wild) as client, site.client(calm) as other:
        assert (await client.post(f"{path}/add")).status_code == 303
        held = await client.post(f"{path}/remove")
        assert held.status_code == 429
        assert 1 <= int(held.headers["retry-after"]) <= 10
        assert "Trop d’essais" in held.text
        assert (
            f"{path}/remove" in (await client.get("/fairs/juin-2027/wishes")).text
        )  # reading goes on, and it is there
        assert (await other.post(f"{path}/add")).status_code == 303


async def test_a_token_too_busy_is_told_so_in_the_api_s_words(site: Site) -> None:
    fair_id = await insert(site, make.make_fair)
    slots = await insert(site, make.make_slots, await insert(site, make.make_stand, fair_id))
    token = await site.token(await insert(site, make.make_candidate, fair_id))
    site.app.state.house.rates.account = Rate(per_second=0.1, burst=1)
    async with site.client() as client:
        client.headers["authorization"] = f"Bearer {token}"
        assert (await client.post(f"/api/v1/slots/{slots[0]}/bookings")).status_code == 201
        held = await client.post(f"/api/v1/slots/{slots[4]}/bookings")
    assert (held.status_code, held.json()["code"]) == (429, "too_many")
    assert "retry-after" in held.headers


async def test_files_are_counted_apart(site: Site) -> None:
    fair_id = await insert(site, make.make_fair, slug="juin-2027")
    candidate = await insert(site, make.make_candidate, fair_id)
    site.app.state.house.rates.uploads = Rate(per_second=0.01, burst=1)
    async with site.client(candidate) as client:
        codes = [
            (await client.post("/fairs/juin-2027/profile/cv", files={"cv": ("cv.pdf", PDF)})).status_code
            for _ in range(2)
        ]
        assert codes == [303, 429]
        assert (await client.post("/account", data={"first_name": "Inès"})).status_code != 429


async def test_strangers_of_a_network_share_a_generous_rate(site: Site) -> None:
    site.app.state.house.rates.strangers = Rate(per_second=0.1, burst=1)
    fair_id = await insert(site, make.make_fair)
    candidate = await insert(site, make.make_candidate, fair_id)
    async with site.client() as stranger, site.client(candidate) as known:
        assert (await stranger.post("/sign-in", data={"email": "ines@candidat.example"})).status_code == 303
        assert (await stranger.post("/sign-in", data={"email": "hugo@candidat.example"})).status_code == 429
        assert (await known.post("/account", data={"first_name": "Inès"})).status_code != 429
