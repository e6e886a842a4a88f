"""Where settings come from, and that a wrong one is named."""

from pathlib import Path

import pytest

from kiosk.settings import ScannerOptions, Settings, load_settings
from shared.domain.device import Direction
from shared.errors import InvalidInput


def test_the_defaults_keep_secrets_outside_the_data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = load_settings({})
    assert settings.data == tmp_path / ".local/share/fit-kiosk/data"
    assert settings.secrets == tmp_path / ".config/fit-kiosk/secrets"
    assert (settings.camera, settings.reserve_size, settings.direction) == ("0", 64 * 1024 * 1024, None)
    assert settings.credentials is None


def test_a_service_manager_says_where():
    settings = load_settings(
        {"STATE_DIRECTORY": "/var/lib/fit:/other", "CREDENTIALS_DIRECTORY": "/run/credentials/fit"}
    )
    assert (settings.data, settings.secrets) == (Path("/var/lib/fit/data"), Path("/var/lib/fit/secrets"))
    assert settings.credentials == Path("/run/credentials/fit")


def test_the_environment_wins_over_the_file_and_the_file_over_the_defaults(tmp_path):
    file = tmp_path / "kiosk.toml"
    file.write_text(
        f'data = "{tmp_path}/data"\nsecrets = "{tmp_path}/secrets"\ncamera = "/dev/video2"\nreserve_mib = 8\n'
        'direction = "exit"\nfull_screen = false\nscanner_budget_ms = 12.5\nconnect_timeout_s = 2\n'
    )
    settings = load_settings(
        {"FIT_KIOSK_CONFIG": str(file), "FIT_KIOSK_CAMERA": "1", "FIT_KIOSK_SCANNER_SECOND_OPINION": "off"}
    )
    assert settings == Settings(
        data=tmp_path / "data",
        secrets=tmp_path / "secrets",
        camera="1",
        direction=Direction.EXIT,
        full_screen=False,
        reserve_mib=8,
        connect_timeout_s=2,
        scanner=ScannerOptions(budget_ms=12.5, second_opinion=False),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RESERVE_MIB", "0"),
        ("RESERVE_MIB", "1.5"),
        ("RESERVE_MIB", "much"),
        ("CONNECT_TIMEOUT_S", "-1"),
        ("ANSWER_TIMEOUT_S", "nan"),
        ("ANSWER_TIMEOUT_S", "inf"),
        ("SCANNER_BUDGET_MS", "0"),
        ("DIRECTION", "sideways"),
        ("FULL_SCREEN", "maybe"),
        ("COLOUR", "red"),
    ],
)
def test_a_wrong_value_is_refused_and_named(name, value):
    with pytest.raises(InvalidInput) as caught:
        load_settings({f"FIT_KIOSK_{name}": value})
    assert caught.value.field == name.lower()


def test_secrets_inside_the_data_folder_are_refused(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (tmp_path / "alias").symlink_to(data)
    for secrets in (data, data / "secrets", tmp_path / "alias" / "secrets", data / ".." / "data" / "s"):
        with pytest.raises(InvalidInput) as caught:
            load_settings({"FIT_KIOSK_DATA": str(data), "FIT_KIOSK_SECRETS": str(secrets)})
        assert caught.value.field == "secrets"


@pytest.mark.parametrize("content", ["not = [toml", 'nonsense = "1"', "camera = true"])
def test_a_file_that_cannot_be_used_is_refused(tmp_path, content):
    file = tmp_path / "kiosk.toml"
    file.write_text(content)
    with pytest.raises(InvalidInput):
        load_settings({"FIT_KIOSK_CONFIG": str(file)})


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InvalidInput) as caught:
        load_settings({"FIT_KIOSK_CONFIG": str(tmp_path / "missing.toml")})
    assert caught.value.field == "config"
