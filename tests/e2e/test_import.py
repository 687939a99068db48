"""An organiser brings a fair in from a spreadsheet, in a real browser without scripts, and corrects it first."""

from pathlib import Path

from playwright.async_api import expect
from sqlalchemy import Connection, func, select

from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from tests import factories as make
from tests.conftest import OpenPage
from tests.exchange import workbooks as books
from tests.site import Site


def organiser(tx: Connection) -> Actor:
    return make.make_organiser(tx, make.make_fair(tx, slug="essai-2027"))


async def test_a_spreadsheet_is_corrected_previewed_and_imported_on_a_phone_without_scripts(
    site: Site, open_page: OpenPage, tmp_path: Path
) -> None:
    broken, fine = tmp_path / "broken.xlsx", tmp_path / "fine.xlsx"
    broken.write_bytes(books.as_xlsx(books.broken()))
    fine.write_bytes(books.as_xlsx(books.fair()))
    actor = await site.db.write(organiser)
    page = await open_page("/fairs/essai-2027/edit", actor, width=320, java_script_enabled=False)
    await page.get_by_role("link", name="Tableur").click()
    await page.get_by_label("Fichier", exact=True).set_input_files(broken)
    await page.get_by_role("button", name="Vérifier le fichier").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("21 choses à corriger")
    await expect(page.get_by_text("cette date n’existe pas")).to_be_visible()
    await page.get_by_role("link", name="Envoyer le fichier corrigé").click()
    await page.get_by_label("Fichier", exact=True).set_input_files(fine)
    await page.get_by_role("button", name="Vérifier le fichier").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ce qui va changer")
    await page.get_by_role("button", name="Importer").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("C’est importé")
    stands = await site.db.read(lambda tx: tx.execute(select(func.count()).select_from(t.stands)).scalar_one())
    assert stands == 6
