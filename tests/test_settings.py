"""What production refuses to start with, said in one line. [ASVS 13.3.1]"""

from pathlib import Path

import pytest

from jobdating import settings
from jobdating.settings import SettingsError

SECRET = "only-this-test-knows-it-and-it-is-long"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Nothing set but a database of the test's own."""
    for name in settings.Environment.model_fields:
        monkeypatch.delenv(f"JOBDATING_{name.upper()}", raising=False)
    monkeypatch.setenv("JOBDATING_DATABASE_URL", f"sqlite:///{tmp_path}/fair.db")
    return monkeypatch


def test_plain_http_beyond_this_machine_must_be_said_out_loud(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("JOBDATING_PUBLIC_URL", "http://jobdating.example")
    with pytest.raises(SettingsError, match="JOBDATING_INSECURE"):
        settings.load()
    environment.setenv("JOBDATING_INSECURE", "true")
    assert not settings.load().secure


@pytest.mark.parametrize("url", ["https://jobdating.example", "https://jobdating.example:8443", "http://192.0.2.1"])
def test_demo_is_never_public(environment: pytest.MonkeyPatch, url: str) -> None:
    environment.setenv("JOBDATING_PUBLIC_URL", url)
    environment.setenv("JOBDATING_INSECURE", "true")
    assert not settings.load().demo
    with pytest.raises(SettingsError, match="demo"):
        settings.load(demo=True)


@pytest.mark.parametrize("url", ["jobdating.example", "ftp://jobdating.example", "https://", "https://a.example/path"])
def test_address_that_is_none_is_refused(environment: pytest.MonkeyPatch, url: str) -> None:
    environment.setenv("JOBDATING_PUBLIC_URL", url)
    with pytest.raises(SettingsError, match="JOBDATING_PUBLIC_URL"):
        settings.load()


@pytest.mark.parametrize("secret", ["secret", "changeme", "x" * 31])
def test_short_secret_is_refused(environment: pytest.MonkeyPatch, secret: str) -> None:
    environment.setenv("JOBDATING_SECRET", secret)
    with pytest.raises(SettingsError, match="shorter than 32"):
        settings.load()


def test_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    made = settings.load().secret
    file = tmp_path / "fair.db.secret"
    assert file.stat().st_mode & 0o777 == 0o600
    assert settings.load().secret == made
    file.chmod(0o640)
    with pytest.raises(SettingsError, match="600"):
        settings.load()


def test_every_database_gets_a_secret_of_its_own(tmp_path: Path) -> None:
    other = settings.load(database_url=f"sqlite:///{tmp_path}/other.db")
    assert other.secret != settings.load().secret


def test_several_processes_are_told_their_common_secret(environment: pytest.MonkeyPatch) -> None:
    url = "postgresql://localhost/fair"
    with pytest.raises(SettingsError, match="JOBDATING_SECRET"):
        settings.load(database_url=url)
    environment.setenv("JOBDATING_SECRET", SECRET)
    assert settings.load(database_url=url).secret == SECRET


def test_secrets_are_not_said_when_settings_are_shown(environment: pytest.MonkeyPatch) -> None:
    for name in ("SECRET", "JITSI_SECRET", "BIGBLUEBUTTON_SECRET", "OIDC_CLIENT_SECRET"):
        environment.setenv(f"JOBDATING_{name}", SECRET)
    environment.setenv("JOBDATING_SMTP_URL", f"smtp://post:{SECRET}@mail.example:25")
    environment.setenv("JOBDATING_DATABASE_URL", f"postgresql://fair:{SECRET}@db.example/fair")
    assert SECRET not in repr(settings.load())


@pytest.mark.parametrize(
    ("url", "said", "required"),
    [
        ("https://jobdating.example", None, True),
        ("https://jobdating.example", "optional", False),
        ("http://127.0.0.1:8000", None, False),
        ("http://localhost:8000", "required", True),
    ],
)
def test_second_factor_is_required_beyond_this_machine(
    environment: pytest.MonkeyPatch, url: str, said: str | None, required: bool
) -> None:
    """[ASVS 6.3.3]"""
    environment.setenv("JOBDATING_PUBLIC_URL", url)
    if said:
        environment.setenv("JOBDATING_SECOND_FACTOR", said)
    assert settings.load().second_factor_required is required


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://jobdating.example:8443", "jobdating.example"),
        ("http://localhost:8000", "localhost"),
        ("http://127.0.0.1:8000", ""),
        ("http://[::1]:8000", ""),
    ],
)
def test_passkeys_are_bound_to_a_name_never_to_a_number(environment: pytest.MonkeyPatch, url: str, host: str) -> None:
    environment.setenv("JOBDATING_PUBLIC_URL", url)
    assert settings.load().passkey_host == host


def test_another_house_is_spoken_to_in_secret_and_by_name(environment: pytest.MonkeyPatch) -> None:
    """[ASVS 10.5]"""
    environment.setenv("JOBDATING_OIDC_ISSUER", "https://login.centre.example")
    with pytest.raises(SettingsError, match="CLIENT_ID"):
        settings.load()
    environment.setenv("JOBDATING_OIDC_CLIENT_ID", "job-dating")
    environment.setenv("JOBDATING_OIDC_CLIENT_SECRET", SECRET)
    assert settings.load().environment.oidc_client_id == "job-dating"
    for issuer in ("http://login.centre.example", "login.centre.example", "ftp://login.centre.example"):
        environment.setenv("JOBDATING_OIDC_ISSUER", issuer)
        with pytest.raises(SettingsError, match="https"):
            settings.load()
