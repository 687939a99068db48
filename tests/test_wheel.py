"""The built wheel carries all it needs: templates, static files, languages and the browser's libraries."""

import subprocess
import sys
import zipfile
from pathlib import Path

import httpx2
import pytest

from tests.server import running_server

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    return built


def test_every_template_message_and_static_file_is_inside(wheel: Path) -> None:
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("jobdating/")}
    wanted = {
        f"jobdating/{path.relative_to(ROOT)}"
        for folder, pattern in (("templates", "**/*"), ("static/css", "*"), ("static/js", "*"), ("static/vendor", "*"))
        for path in (ROOT / folder).glob(pattern)
        if path.is_file()
    }
    wanted |= {str(path.relative_to(ROOT)) for path in (ROOT / "jobdating").glob("**/*.po")}
    assert wanted
    assert wanted <= inside
    assert not any("node_modules" in name or name.endswith(".pyc") for name in inside)


async def test_the_demo_runs_from_the_installed_wheel(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    async with (
        running_server(command="demo", cwd=tmp_path, PYTHONPATH=str(tmp_path), HOME=str(tmp_path)) as server,
        httpx2.AsyncClient(base_url=server.url, follow_redirects=True) as client,
    ):
        page = await client.get("/demo", headers={"accept-language": "en"})
        assert page.status_code == 200
        assert 'lang="en"' in page.text
        for path in ("/static/css/tokens.css", "/static/js/main.js", "/static/vendor/idiomorph.js"):
            assert (await client.get(path)).status_code == 200
        entered = await client.post("/demo/enter", data={"role": "organiser"})
        assert entered.status_code == 200
        assert entered.url.path.endswith("/wall")
