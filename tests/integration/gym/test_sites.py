"""Sites as the desk makes and changes them: once, and never over somebody else's change."""

from tests.support.answers import refusal
from tests.support.builders import an_id

FACTS = {"name": "Quay 4", "zone": "Europe/Oslo", "capacity": 80}


def test_a_site_asked_for_twice_is_one_site(gym):
    wanted = str(an_id())
    made = [gym.owner.post("/v1/sites", json={**FACTS, "id": wanted}).json() for _ in range(2)]
    assert [site["id"] for site in made] == [wanted, wanted]
    assert [site["name"] for site in gym.owner.get("/v1/sites").json()["items"]].count("Quay 4") == 1


def test_whoever_was_overtaken_changes_nothing(gym):
    site = gym.owner.post("/v1/sites", json=FACTS).json()
    path = f"/v1/sites/{site['id']}"
    faster = gym.owner.put(path, json={**FACTS, "capacity": 90, "version": site["version"]})
    assert (faster.status_code, faster.json()["version"]) == (200, site["version"] + 1)
    refusal(gym.owner.put(path, json={**FACTS, "version": site["version"]}), 409, "site_changed")
    assert gym.owner.get(path).json()["capacity"] == 90


def test_programs_older_than_the_version_still_change_a_site(gym):
    site = gym.owner.post("/v1/sites", json=FACTS).json()
    assert gym.owner.put(f"/v1/sites/{site['id']}", json=FACTS).status_code == 200
