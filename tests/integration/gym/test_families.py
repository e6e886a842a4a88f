"""Families: a guardian pays and answers for members, seen from both sides."""

from tests.support.reception import ok


def family(desk, member_id):
    return ok(desk.client.get(f"/v1/members/{member_id}/family"))


def ward(desk, name, guardian, **changes):
    return desk.member(given_name=name, guardian_id=str(guardian), **changes)


def test_a_family_is_seen_from_both_sides(desk):
    mother = desk.member(given_name="Nora")
    ida, bo = ward(desk, "Ida", mother, born_on="2012-05-31"), ward(desk, "Bo", mother)
    assert [each["name"] for each in family(desk, mother)["others"]] == ["Bo Berg", "Ida Berg"]
    assert family(desk, mother)["guardian"] is None
    assert family(desk, ida)["guardian"]["id"] == str(mother)
    assert [each["id"] for each in family(desk, ida)["others"]] == [str(bo)]
    assert desk.read(ida)["born_on"] == "2012-05-31"


def test_a_link_is_taken_away_by_a_change(desk):
    mother = desk.member(given_name="Nora")
    ida = ward(desk, "Ida", mother)
    draft = {"given_name": "Ida", "home_site_id": str(desk.site_id), "guardian_id": None}
    ok(desk.client.put(f"/v1/members/{ida}", json=draft))
    assert family(desk, mother)["others"] == []


def test_nobody_answers_for_themselves_or_in_a_circle(desk):
    mother = desk.member(given_name="Nora")
    ida = ward(desk, "Ida", mother)
    draft = {"given_name": "X", "home_site_id": str(desk.site_id)}
    for member_id, guardian in ((mother, mother), (mother, ida), (desk.member(), ida)):
        answer = desk.client.put(f"/v1/members/{member_id}", json={**draft, "guardian_id": str(guardian)})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "guardian_id")


def test_an_erased_guardian_leaves_the_wards_without_one(desk):
    mother = desk.member(given_name="Nora")
    ida = ward(desk, "Ida", mother)
    before = desk.read(ida)["version"]
    ok(desk.client.delete(f"/v1/members/{mother}"))
    assert desk.read(ida)["guardian_id"] is None
    assert desk.read(ida)["version"] > before


def test_an_erased_member_has_no_birthday(desk):
    ida = desk.member(born_on="2012-05-31")
    assert ok(desk.client.delete(f"/v1/members/{ida}"))["born_on"] is None
