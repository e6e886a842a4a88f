"""People sign in with a password, go on with a token that changes, and are out at once when they sign out."""

import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from cloud_api.identity import passwords
from cloud_api.identity.passwords import hash_password, is_password
from cloud_api.identity.routes import SIGN_IN_TRIES
from shared.domain.roles import Group
from tests.support.answers import refusal

PASSWORD = "correct horse battery"
EMAIL = "ada@fit.test"


def redeem(client, secret, **facts):
    body = {"token": secret, "password": PASSWORD, "name": "Ada", "email": EMAIL, **facts}
    return client.post("/v1/invitations/redeem", json=body)


def sign_in(client, *, email=EMAIL, password=PASSWORD):
    return client.post("/v1/sign-in", json={"email": email, "password": password})


def account(gym, access_token):
    with gym.client(access_token) as client:
        return client.get("/v1/account")


@pytest.fixture
def quick_passwords(monkeypatch):
    """Argon2id that costs next to nothing: what is tested here is who gets in, not how long it takes."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys_hash.cache_clear()
    yield
    passwords._nobodys_hash.cache_clear()


@pytest.fixture
def client(gym, quick_passwords):
    with gym.client() as client:
        yield client


@pytest.fixture
def owner(gym, client):
    """The first Owner, come in by the link of init."""
    redeem(client, gym.owner_secret).raise_for_status()
    return client


class TestFirstOwner:
    def test_the_link_of_init_makes_the_first_owner(self, gym, client):
        assert redeem(client, gym.owner_secret).status_code == 201
        me = account(gym, sign_in(client).json()["access_token"]).json()
        assert (me["name"], me["email"], me["groups"], me["enabled"]) == ("Ada", EMAIL, ["Owner"], True)

    def test_the_link_counts_once(self, gym, client):
        redeem(client, gym.owner_secret)
        refusal(redeem(client, gym.owner_secret, email="eve@fit.test"), 410, "code_spent")

    def test_the_link_ends_after_a_day(self, gym, client):
        gym.clock.advance(timedelta(hours=24))
        refusal(redeem(client, gym.owner_secret), 410, "code_spent")

    def test_a_link_that_is_not_ours_opens_nothing(self, client):
        refusal(redeem(client, "x" * 43), 410, "code_spent")

    def test_a_failed_try_does_not_use_the_link_up(self, gym, client):
        refusal(redeem(client, gym.owner_secret, email=None), 422, "invalid_input")
        refusal(redeem(client, gym.owner_secret, password="short"), 422, "invalid_input")
        assert redeem(client, gym.owner_secret).status_code == 201

    def test_once_there_is_an_owner_the_link_makes_no_other(self, gym, client):
        gym.person(Group.OWNER)
        refusal(redeem(client, gym.owner_secret), 409, "has_owner")

    def test_the_secret_is_stored_nowhere(self, gym):
        files = [path for path in gym.settings.data.rglob("*") if path.is_file()]
        assert not [path for path in files if gym.owner_secret.encode() in path.read_bytes()]


class TestWelcomePage:
    def test_a_browser_alone_makes_the_first_owner(self, gym, client):
        link = urlsplit(gym.made.owner_link)
        page = client.get(f"{link.path}?{link.query}")
        assert page.headers["content-type"].startswith("text/html")
        assert 'name="email"' in page.text
        assert gym.owner_secret in page.text
        form = {"token": gym.owner_secret, "name": "Ada", "email": EMAIL, "password": PASSWORD}
        done = client.post("/welcome", data=form)
        assert (done.status_code, "Your password is set" in done.text) == (200, True)
        assert sign_in(client).status_code == 200

    def test_a_mistake_shows_the_form_again(self, gym, client):
        form = {"token": gym.owner_secret, "name": "Ada", "email": "nowhere", "password": PASSWORD}
        page = client.post("/welcome", data=form)
        assert page.status_code == 422
        assert "e-mail" in page.text
        assert gym.owner_secret in page.text

    def test_a_spent_link_says_so(self, client):
        page = client.post("/welcome", data={"token": "x", "name": "A", "email": EMAIL, "password": PASSWORD})
        assert (page.status_code, "has been used" in page.text) == (410, True)

    def test_what_is_in_the_address_cannot_become_part_of_the_page(self, client):
        page = client.get("/welcome", params={"token": '"><script>alert(1)</script>'})
        assert "<script" not in page.text

    def test_the_page_is_neither_kept_nor_framed_nor_told_of(self, client):
        headers = client.get("/welcome").headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


class TestSigningIn:
    def test_the_right_password_opens(self, gym, owner):
        answer = sign_in(owner)
        assert answer.json()["expires_in_s"] == 900
        assert account(gym, answer.json()["access_token"]).status_code == 200

    def test_the_address_is_read_as_people_type_it(self, owner):
        assert sign_in(owner, email="  ADA@fit.TEST ").status_code == 200

    @pytest.mark.parametrize(
        "facts", [{"password": "wrong"}, {"email": "eve@fit.test"}, {"email": ""}, {"password": ""}]
    )
    def test_anything_else_is_told_in_the_same_words(self, owner, facts):
        problem = refusal(sign_in(owner, **facts), 401, "wrong_credentials")
        assert problem.detail == "The e-mail address or the password is not right."

    def test_who_has_no_password_yet_cannot_sign_in(self, gym, client):
        gym.person(Group.STAFF, email="new@fit.test")
        refusal(sign_in(client, email="new@fit.test", password=""), 401, "wrong_credentials")

    def test_guessing_ends_after_a_few_tries(self, gym, owner):
        for _ in range(SIGN_IN_TRIES):
            refusal(sign_in(owner, password="wrong"), 401, "wrong_credentials")
        assert int(refusal(sign_in(owner), 429, "too_many_tries").retry_after_s) > 0
        assert sign_in(owner, email="someone@else.test", password="x").status_code == 401
        gym.clock.advance(timedelta(minutes=5))
        assert sign_in(owner).status_code == 200

    def test_a_success_forgets_the_failures(self, owner):
        for _ in range(2):
            for _ in range(SIGN_IN_TRIES - 1):
                sign_in(owner, password="wrong")
            assert sign_in(owner).status_code == 200

    def test_an_unknown_address_costs_the_server_as_much_as_a_wrong_password(self):
        """So that the time of an answer tells nobody who is here."""
        known = hash_password(PASSWORD)
        is_password(None, "x")

        def cost(password_hash):
            begin = time.process_time()
            assert not is_password(password_hash, "wrong")
            return time.process_time() - begin

        assert min(cost(None) for _ in range(3)) > min(cost(known) for _ in range(3)) / 3


class TestRefreshing:
    def refresh(self, client, token):
        return client.post("/v1/token-refreshes", json={"refresh_token": token})

    def test_a_refresh_token_buys_the_next_pair(self, gym, owner):
        first = sign_in(owner).json()
        gym.clock.advance(timedelta(minutes=20))
        refusal(account(gym, first["access_token"]), 401, "not_signed_in")
        second = self.refresh(owner, first["refresh_token"]).json()
        assert second["refresh_token"] != first["refresh_token"]
        assert account(gym, second["access_token"]).status_code == 200

    def test_when_the_answer_was_lost_the_old_one_counts_for_a_minute(self, gym, owner):
        token = sign_in(owner).json()["refresh_token"]
        self.refresh(owner, token)
        gym.clock.advance(timedelta(seconds=60))
        again = self.refresh(owner, token)
        assert account(gym, again.json()["access_token"]).status_code == 200

    def test_a_refresh_token_used_twice_ends_the_sign_in(self, gym, owner):
        """Somebody has a copy, and nobody can tell which of the two is the thief."""
        token = sign_in(owner).json()["refresh_token"]
        newer = self.refresh(owner, token).json()
        gym.clock.advance(timedelta(seconds=61))
        refusal(self.refresh(owner, token), 401, "not_signed_in")
        refusal(self.refresh(owner, newer["refresh_token"]), 401, "not_signed_in")
        refusal(account(gym, newer["access_token"]), 401, "not_signed_in")

    def test_a_sign_in_ends_after_30_days(self, gym, owner):
        token = sign_in(owner).json()["refresh_token"]
        for _ in range(2):
            gym.clock.advance(timedelta(days=14))
            token = self.refresh(owner, token).json()["refresh_token"]
        gym.clock.advance(timedelta(days=2))
        refusal(self.refresh(owner, token), 401, "not_signed_in")

    @pytest.mark.parametrize("token", ["x", "x" * 43])
    def test_what_is_no_refresh_token_buys_nothing(self, owner, token):
        refusal(self.refresh(owner, token), 401, "not_signed_in")

    def test_refresh_tokens_are_stored_nowhere(self, gym, owner):
        token = sign_in(owner).json()["refresh_token"]
        files = [path for path in gym.settings.data.rglob("*") if path.is_file()]
        assert not [path for path in files if token.encode() in path.read_bytes()]


class TestSigningOut:
    def test_signing_out_works_at_once(self, gym, owner):
        here, there = sign_in(owner).json(), sign_in(owner).json()
        answer = owner.post("/v1/sign-out", json={"refresh_token": here["refresh_token"]})
        assert (answer.status_code, answer.content) == (204, b"")
        refusal(account(gym, here["access_token"]), 401, "not_signed_in")
        refusal(owner.post("/v1/token-refreshes", json={"refresh_token": here["refresh_token"]}), 401, "not_signed_in")
        assert account(gym, there["access_token"]).status_code == 200

    def test_signing_out_twice_or_with_nonsense_is_no_error(self, owner):
        token = sign_in(owner).json()["refresh_token"]
        for secret in (token, token, "nonsense"):
            assert owner.post("/v1/sign-out", json={"refresh_token": secret}).status_code == 204

    def test_a_new_password_signs_out_everywhere(self, gym, owner):
        here, there = sign_in(owner).json(), sign_in(owner).json()
        with gym.client(here["access_token"]) as client:
            wrong = {"current": "wrong", "new": "another long one"}
            refusal(client.put("/v1/account/password", json=wrong), 401, "wrong_credentials")
            change = {"current": PASSWORD, "new": "another long one"}
            assert client.put("/v1/account/password", json=change).status_code == 204
        for tokens in (here, there):
            refusal(account(gym, tokens["access_token"]), 401, "not_signed_in")
        refusal(sign_in(owner), 401, "wrong_credentials")
        assert sign_in(owner, password="another long one").status_code == 200


def test_a_forgotten_password_is_replaced_by_a_link(gym, owner):
    token = sign_in(owner).json()["access_token"]
    with gym.client(token) as boss:
        made = boss.post("/v1/people", json={"name": "Bo", "email": "bo@fit.test", "groups": ["Staff"]}).json()
        assert made["link"].startswith(gym.cloud.base_url)
        again = boss.post(f"/v1/people/{made['person_id']}/invitations").json()
    for link, password in ((made["link"], "first password"), (again["link"], "second password")):
        secret = parse_qs(urlsplit(link).query)["token"][0]
        redeem(owner, secret, password=password, name=None, email=None).raise_for_status()
    refusal(sign_in(owner, email="bo@fit.test", password="first password"), 401, "wrong_credentials")
    me = account(gym, sign_in(owner, email="bo@fit.test", password="second password").json()["access_token"]).json()
    assert (me["name"], me["groups"]) == ("Bo", ["Staff"])


def test_passwords_are_stored_as_argon2id_only(gym, owner):
    with gym.cloud.database.reading() as session:
        hashes = [row[0] for row in session.execute(text("SELECT password_hash FROM identity_person"))]
    assert all(value.startswith("$argon2id$") for value in hashes)
    files = [path for path in gym.settings.data.rglob("*") if path.is_file()]
    assert not [path for path in files if PASSWORD.encode() in path.read_bytes()]
