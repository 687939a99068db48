"""The bar at the top: on pages that belong to no fair it still leads back to one's own."""

import pytest
from sqlalchemy import Connection

from jobdating.domain.policy import Actor
from tests import factories as make
from tests.site import Site


@pytest.mark.parametrize(
    ("role", "there"), [("candidate", "planning"), ("recruiter", "cockpit"), ("organiser", "wall")]
)
async def test_account_and_help_lead_back_to_ones_own_fair(site: Site, role: str, there: str) -> None:
    def prepare(tx: Connection) -> Actor:
        make.make_fair(tx, slug="ailleurs")
        fair = make.make_fair(tx, slug="ici")
        if role == "recruiter":
            return make.make_recruiter(tx, make.make_stand(tx, fair))
        return make.make_candidate(tx, fair) if role == "candidate" else make.make_organiser(tx, fair)

    async with site.client(await site.db.write(prepare)) as client:
        for page in ("/account", "/help"):
            assert f'href="/fairs/ici/{there}"' in (await client.get(page)).text


async def test_a_stranger_is_led_to_no_fair(site: Site) -> None:
    await site.db.write(lambda tx: make.make_fair(tx, slug="ici"))
    async with site.client() as client:
        assert "/fairs/ici" not in (await client.get("/sign-in")).text
