"""What the doctor says of mail and cache, and a gym whose mails go by a real SMTP server."""

import pytest

from cloud_api.operate.doctor import examine
from cloud_api.settings import load_settings
from shared.errors import InvalidInput
from tests.contract.mail.conftest import Box, a_server
from tests.integration.notifications.conftest import EMAIL, Post
from tests.support.cloud import a_gym
from tests.support.reception import Desk, ok
from tests.support.servers.base import free_port


def found(gym, **environ):
    settings = load_settings(gym.settings.data, environ=environ)
    return {item.name: item for item in examine(settings, clock=gym.clock)}


def test_without_settings_mails_are_files_and_each_process_caches(tmp_path):
    with a_gym(tmp_path) as gym:
        findings = found(gym)
    assert findings["mail"].ok
    assert str(gym.settings.data / "mail") in findings["mail"].detail
    assert (findings["cache"].ok, findings["cache"].detail) == (True, "each process for itself")


def test_servers_that_are_away_are_named_with_what_to_do(tmp_path):
    port = free_port()
    mail, cache = f"smtp://u:s3cret@127.0.0.1:{port}?tls=none&from=a@b.example", f"redis://:s3cret@127.0.0.1:{port}/0"
    with a_gym(tmp_path) as gym:
        findings = found(gym, FIT_MAIL_URL=mail, FIT_CACHE_URL=cache)
    for name, variable in (("mail", "FIT_MAIL_URL"), ("cache", "FIT_CACHE_URL")):
        assert not findings[name].ok
        assert "127.0.0.1" in findings[name].detail
        assert variable in findings[name].advice
        assert "s3cret" not in findings[name].detail


@pytest.mark.parametrize(
    ("name", "value"),
    [("FIT_MAIL_URL", "mail.example"), ("FIT_CACHE_URL", "memcached://x"), ("FIT_MAIL_LANGUAGE", "tlh")],
)
def test_a_setting_that_makes_no_sense_is_named(tmp_path, name, value):
    with pytest.raises(InvalidInput, match=name), a_gym(tmp_path, environ={name: value}):
        pass


def test_a_pass_goes_by_smtp(tmp_path):
    box = Box()
    with a_server(box, None) as server:
        url = f"smtp://127.0.0.1:{server.port}?tls=none&from=desk@gym.example"
        with a_gym(tmp_path, environ={"FIT_MAIL_URL": url}) as gym:
            desk, post = Desk(gym), Post(gym)
            member_id = desk.member(email=EMAIL)
            ok(desk.client.post(f"/v1/members/{member_id}/cards", json={"send_by_mail": True}))
            box.answers = {"RCPT": "450 come back later"}
            assert post.deliver() == 0
            box.answers = {}
            (view,) = ok(desk.client.get(f"/v1/members/{member_id}/mails"))["items"]
            ok(desk.client.post(f"/v1/mails/{view['id']}/send-again"))
            assert post.deliver() == 1
    (mail,) = box.received
    assert str(mail["From"]) == "Harbour Gym <desk@gym.example>"
    assert str(mail["To"]) == f"Nora Berg <{EMAIL}>"
    assert mail["Message-ID"] == f"<{view['id']}.1@gym.example>"
