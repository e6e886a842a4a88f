"""Rate limits, the journal, secrets, certificate, roles, settings, provenance."""

import json
import os
import shutil
import stat
from datetime import timedelta

import pytest

from cloud_api.common import roster
from cloud_api.common.certificate import fingerprint, make_certificate, read_certificate
from cloud_api.common.database import Database
from cloud_api.common.journal import Journal, Line
from cloud_api.common.keys import Keys, create_keys
from cloud_api.common.limits import RateLimit
from cloud_api.common.principal import Allow, allow
from cloud_api.common.problems import TooManyTries
from cloud_api.common.provenance import check_provenance, mark_as_copy
from cloud_api.common.tables import RosterHead
from cloud_api.settings import SERVICES, keep_address, load_settings
from shared.domain.roles import OPERATIONS, Group, may
from shared.errors import InvalidInput
from tests.support.builders import NOON, SITE_ID, an_id


class TestRateLimit:
    def test_so_many_tries_and_no_more_within_the_window(self, clock):
        limit = RateLimit(clock, tries=2, window=timedelta(minutes=5))
        limit.take("a")
        clock.advance(timedelta(minutes=1))
        limit.take("a")
        with pytest.raises(TooManyTries) as refused:
            limit.take("a")
        assert refused.value.retry_after_s == 241
        limit.take("b")
        clock.advance(timedelta(minutes=4))
        limit.take("a")

    def test_a_success_gives_all_tries_back(self, clock):
        limit = RateLimit(clock, tries=1, window=timedelta(minutes=5))
        limit.take("a")
        limit.forget("a")
        limit.take("a")

    def test_strangers_do_not_fill_the_memory(self, clock, monkeypatch):
        from cloud_api.common import limits

        monkeypatch.setattr(limits, "_MAX_KEYS", 10)
        limit = RateLimit(clock, tries=1, window=timedelta(minutes=5))
        for n in range(50):
            limit.take(str(n))
        assert len(limit._seen) == 10


class TestJournal:
    def test_lines_come_back_in_their_order(self, tmp_path):
        journal = Journal(tmp_path / "objects" / "journal.jsonl")
        assert list(journal.read()) == []
        lines = [Line("pass_revoked", an_id(1), NOON), Line("member_erased", an_id(2), NOON)]
        for line in lines:
            journal.append(line.kind, line.id, line.at)
        assert list(Journal(journal.path).read()) == lines
        assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600

    def test_a_line_cut_short_is_passed_over_and_harms_no_later_one(self, tmp_path):
        journal = Journal(tmp_path / "journal.jsonl")
        journal.append("pass_revoked", an_id(1), NOON)
        with journal.path.open("ab") as file:
            file.write(b'{"kind": "pass_re')
        journal.append("pass_revoked", an_id(2), NOON)
        journal.append("pass_revoked", an_id(3), NOON)
        assert [line.id for line in journal.read()] == [an_id(1), an_id(2), an_id(3)]

    def test_a_line_is_on_the_disk_when_append_returns(self, tmp_path, monkeypatch):
        synced = []
        monkeypatch.setattr(os, "fsync", lambda file: synced.append(os.fstat(file).st_size))
        Journal(tmp_path / "journal.jsonl").append("pass_revoked", an_id(1), NOON)
        assert synced[0] == (tmp_path / "journal.jsonl").stat().st_size


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gym") / "secrets"
    create_keys(folder, gym_name="Harbour Gym")
    return folder


class TestKeys:
    def test_secrets_are_the_same_each_time_they_are_read(self, folder):
        one, two = Keys(folder), Keys(folder)
        assert (one.gym_id, one.pepper, one.gym_public_key) == (two.gym_id, two.pepper, two.gym_public_key)
        assert one.gym_name == "Harbour Gym"
        assert 1 <= one.gym_number <= 65535
        assert one.site_key(SITE_ID) == two.site_key(SITE_ID)
        assert one.derive(b"a") == two.derive(b"a") != two.derive(b"b")

    def test_each_site_has_a_key_of_its_own(self, folder):
        keys = Keys(folder)
        assert keys.site_key(an_id(1)) != keys.site_key(an_id(2))
        assert len(keys.site_key(an_id(1))) == 16

    def test_only_the_own_account_can_read_them(self, folder):
        Keys(folder).site_key(SITE_ID)
        modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}
        assert modes == {0o600}

    def test_a_gym_is_never_made_over_another(self, folder):
        with pytest.raises(InvalidInput, match="already"):
            create_keys(folder, gym_name="Other")

    def test_without_secrets_it_says_what_to_do(self, tmp_path):
        with pytest.raises(InvalidInput, match="fit-cloud init"):
            Keys(tmp_path)


class TestCertificate:
    def test_it_names_this_machine_and_has_a_fingerprint(self, tmp_path):
        certificate, key = tmp_path / "server.crt", tmp_path / "server.key"
        make_certificate(certificate=certificate, key=key, host="192.0.2.7", now=NOON)
        from cryptography import x509

        names = read_certificate(certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert {str(ip) for ip in names.get_values_for_type(x509.IPAddress)} == {"127.0.0.1", "::1", "192.0.2.7"}
        assert "localhost" in names.get_values_for_type(x509.DNSName)
        assert len(fingerprint(certificate)) == 64
        assert fingerprint(tmp_path / "none") == ""
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


class TestRoles:
    @pytest.mark.parametrize(
        ("group", "operation", "allowed"),
        [
            (Group.STAFF, "member.change", True),
            (Group.ADMIN, "member.change", True),
            (Group.OWNER, "member.change", True),
            (Group.USER, "member.change", False),
            (Group.KIOSK, "member.change", False),
            (Group.STAFF, "device.create", False),
            (Group.ADMIN, "device.create", True),
            (Group.ADMIN, "issuer_key.change", False),
            (Group.OWNER, "issuer_key.change", True),
            (Group.KIOSK, "device.feed", True),
            (Group.OWNER, "device.feed", False),
            (Group.USER, "account.read", True),
            (Group.OWNER, "account.read", True),
            (Group.KIOSK, "account.read", False),
        ],
    )
    def test_the_table_says_who_may_do_what(self, group, operation, allowed):
        assert may(frozenset({group}), operation) is allowed

    @pytest.mark.parametrize("operation", sorted(OPERATIONS))
    def test_who_is_in_no_group_may_do_nothing(self, operation):
        assert not may(frozenset(), operation)

    def test_a_gate_for_an_operation_that_is_not_in_the_table_cannot_be_made(self):
        assert isinstance(allow("member.read"), Allow)
        with pytest.raises(ValueError, match="nonsense"):
            allow("nonsense")


class TestSettings:
    def test_the_command_line_wins_over_the_environment_over_the_folder(self, tmp_path):
        keep_address(tmp_path, host="10.0.0.1", port=1111, base_url="https://kept.test")
        assert (load_settings(tmp_path, environ={}).host, load_settings(tmp_path, environ={}).port) == (
            "10.0.0.1",
            1111,
        )
        env = {"FIT_HOST": "10.0.0.2", "FIT_PORT": "2222", "FIT_BASE_URL": "https://env.test/"}
        found = load_settings(tmp_path, environ=env)
        assert (found.host, found.port, found.base_url) == ("10.0.0.2", 2222, "https://env.test")
        found = load_settings(tmp_path, host="10.0.0.3", port=0, environ=env)
        assert (found.host, found.port) == ("10.0.0.3", 0)

    def test_a_folder_alone_is_enough(self, tmp_path):
        found = load_settings(environ={"FIT_DATA": str(tmp_path)})
        assert found.base_url == "https://127.0.0.1:8443"
        assert found.database_file == tmp_path / "fit.db"
        assert found.services == SERVICES
        assert (found.tls, found.rate_limits, found.drain_s, found.metrics_token) == ("on", True, 0, "")

    @pytest.mark.parametrize(("terminal", "form"), [(True, "text"), (False, "json")])
    def test_a_person_at_a_terminal_reads_text_and_a_machine_json(self, tmp_path, monkeypatch, terminal, form):
        monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
        assert load_settings(tmp_path, environ={}).log_format == form
        assert load_settings(tmp_path, environ={"FIT_LOG_FORMAT": "text"}).log_format == "text"

    @pytest.mark.parametrize(
        ("env", "named"),
        [
            ({}, "data"),
            ({"FIT_DATA": "x", "FIT_PORT": "http"}, "port"),
            ({"FIT_DATA": "x", "FIT_PORT": "65536"}, "port"),
            ({"FIT_DATA": "x", "FIT_SERVICES": "gym,tardis"}, "tardis"),
            ({"FIT_DATA": "x", "FIT_TLS": "maybe"}, "FIT_TLS"),
            ({"FIT_DATA": "x", "FIT_LOG_FORMAT": "xml"}, "FIT_LOG_FORMAT"),
            ({"FIT_DATA": "x", "FIT_LOG_LEVEL": "loud"}, "FIT_LOG_LEVEL"),
            ({"FIT_DATA": "x", "FIT_RATE_LIMITS": "0"}, "FIT_RATE_LIMITS"),
            ({"FIT_DATA": "x", "FIT_DRAIN_S": "-1"}, "FIT_DRAIN_S"),
            ({"FIT_DATA": "x", "FIT_DRAIN_S": "301"}, "FIT_DRAIN_S"),
            ({"FIT_DATA": "x", "FIT_METRICS_TOKEN": "short"}, "FIT_METRICS_TOKEN"),
        ],
    )
    def test_nonsense_is_named(self, env, named):
        with pytest.raises(InvalidInput, match=named):
            load_settings(environ=env)

    def test_a_process_may_serve_some_services_only(self, tmp_path):
        found = load_settings(tmp_path, environ={"FIT_SERVICES": "qr, devices", "FIT_DATABASE_URL": "mysql://db/fit"})
        assert found.services == ("devices", "qr")
        assert found.database_file is None


class TestProvenance:
    def epoch(self, database):
        with database.reading() as session:
            return session.get_one(RosterHead, SITE_ID).epoch

    def test_the_same_file_keeps_its_epoch(self, database, site):
        check_provenance(database)
        before = self.epoch(database)
        assert check_provenance(database) is False
        assert self.epoch(database) == before

    def test_a_copy_begins_a_new_epoch_and_then_keeps_it(self, database, site, tmp_path):
        check_provenance(database)
        database.close()
        shutil.copy(tmp_path / "fit.db", tmp_path / "copy.db")
        copy = Database(f"sqlite:///{tmp_path / 'copy.db'}")
        before = self.epoch(database)
        assert check_provenance(copy) is True
        assert self.epoch(copy) != before
        assert check_provenance(copy) is False
        copy.close()

    def test_a_file_marked_as_a_copy_begins_a_new_epoch_in_its_old_place_too(self, database, site):
        check_provenance(database)
        before = self.epoch(database)
        with database.transaction() as session:
            mark_as_copy(session)
        assert check_provenance(database) is True
        assert self.epoch(database) != before


def test_the_data_folder_says_where_the_server_is_reached(tmp_path):
    keep_address(tmp_path, host="h", port=1, base_url="b")
    assert json.loads((tmp_path / "server.json").read_text()) == {"host": "h", "port": "1", "base_url": "b"}


def test_rosters_of_a_database_share_an_epoch(database, site):
    with database.transaction() as session:
        roster.open_site(session, an_id(2))
        epochs = {session.get_one(RosterHead, site_id).epoch for site_id in roster.list_sites(session)}
    assert len(epochs) == 1
