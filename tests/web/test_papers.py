"""Organisers note the papers that parents signed: on the page of a candidate, and for several in the list."""

import re
from datetime import date

import pytest
from sqlalchemy import Connection, select, update

from jobdating.db import tables as t
from tests import factories as make
from tests.site import Site, insert
from tests.web.test_consents import FAIR, MOTHER, UNDER_15, words


class People:
    """A fair with a stand and its organiser, and three of 14 of whom nobody has answered yet."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, slug="juin-2027", name="Job dating des métiers")
        self.stand = make.make_stand(tx, self.fair, name="Soudure du Bocage")
        self.slots = make.make_slots(tx, self.stand)
        young = {"permission": "asked", "age_band": "under_15"}
        self.tom, self.lea, self.noe = (make.make_candidate(tx, self.fair, **young) for _ in range(3))
        self.grown = make.make_candidate(tx, self.fair, permission="asked", age_band="18_25")
        self.organiser = make.make_organiser(tx, self.fair)
        claire = t.accounts.c.id == self.organiser.account_id
        tx.execute(update(t.accounts).where(claire).values(first_name="Claire", last_name="Testard"))
        self.ids = [actor.candidates[self.fair] for actor in (self.tom, self.lea, self.noe, self.grown)]

    @property
    def page(self) -> str:
        return f"{FAIR}/candidates/{self.ids[0]}"


@pytest.fixture
async def people(site: Site) -> People:
    found: People = await insert(site, People)
    return found


async def test_a_paper_is_noted_shown_to_the_candidate_and_taken_back(site: Site, people: People) -> None:
    book = f"{FAIR}/slots/{people.slots[0]}/book"
    async with site.client(people.tom) as tom, site.client(people.organiser) as claire:
        await tom.post(f"{FAIR}/welcome", data=UNDER_15)
        asked = words(await claire.get(people.page))
        assert f"à {MOTHER} le" in asked and "J’accepte que mon enfant participe" in asked
        noted = await claire.post(
            f"{people.page}/paper", data={"signed_on": "2027-05-28", "signed_by": "Marie Besnard"}
        )
        assert noted.headers["location"] == f"{people.page}#paper"
        held = words(await claire.get(people.page))
        assert "signé le vendredi 28 mai 2027 par Marie Besnard" in held and "par Claire Testard. Gardez" in held
        assert "accord d’un parent sur papier" in words(await claire.get(f"{FAIR}/audit?what=consents"))

        assert "booked=" in (await tom.post(book)).headers["location"]
        shown = words(await tom.get("/account/consents"))
        assert "sur un papier signé le vendredi 28 mai 2027 par Marie Besnard" in shown and "J’accepte que" in shown
        (kept,) = [each for each in (await tom.get("/account/data.json")).json()["consents"]
                   if each["kind"] == "parent"]  # fmt: skip
        assert (kept["signed_on"], kept["given_by"]) == ("2027-05-28", "Marie Besnard")
        assert kept["recorded_by"] == "Claire Testard"

        await claire.post(f"{people.page}/paper/take-back", data={"why": "parent"})
        assert "un parent a refusé" in words(await claire.get(people.page))
        assert (await tom.post(book)).status_code == 409


async def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(site: Site, people: People) -> None:
    async with site.client(people.organiser) as claire:
        wrong = await claire.post(f"{people.page}/paper", data={"signed_on": "2030-01-01", "signed_by": "Marie"})
        assert wrong.status_code == 422 and 'value="Marie"' in wrong.text and 'id="signed_on-error"' in wrong.text
        assert "Cette date est encore à venir." in words(wrong)
        adult = await claire.post(f"{FAIR}/candidates/{people.ids[3]}/paper", data={"signed_on": "2027-05-28"})
        assert adult.status_code == 422 and "n’est pas nécessaire" in words(adult)
        assert 'id="paper"' not in (await claire.get(f"{FAIR}/candidates/{people.ids[3]}")).text


async def test_several_papers_are_noted_at_once_for_those_who_are_ticked(site: Site, people: People) -> None:
    tom, lea, noe, grown = people.ids
    async with site.client(people.organiser) as claire:
        page = await claire.get(f"{FAIR}/candidates?state=parent")
        assert sorted(map(int, re.findall(r'name="candidate" value="(\d+)"', page.text))) == [tom, lea, noe]
        papers = f"{FAIR}/candidates/papers"
        nobody = await claire.post(papers, data={"signed_on": "2027-05-28"})
        assert nobody.status_code == 422 and "Personne n’est coché." in words(nobody)
        undated = await claire.post(papers, data={"candidate": [str(tom)]})
        assert undated.status_code == 422 and f'value="{tom}" form="papers" checked' in undated.text
        junk = await claire.post(papers, data={"signed_on": "2027-05-28", "candidate": [tom, "x"]})
        assert junk.status_code == 422
        done = await claire.post(papers, data={"signed_on": "2027-05-28", "candidate": [tom, lea, grown, "99999"]})
        assert done.headers["location"] == f"{FAIR}/candidates?state=parent&saved=2"
        left = await claire.get(done.headers["location"])
        assert re.findall(r'name="candidate" value="(\d+)"', left.text) == [str(noe)]
        assert "2 accords notés." in words(left)
    held = select(t.consents.c.signed_on, t.consents.c.kind)
    rows = await site.db.read(lambda tx: [tuple(row) for row in tx.execute(held)])
    assert rows == [(date(2027, 5, 28), "parent")] * 2
