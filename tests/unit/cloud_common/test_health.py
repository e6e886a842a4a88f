"""What is asked of the database for health is asked once a second, and whatever is wrong is a plain no."""

from cloud_api.common import health
from cloud_api.common.health import Watch


class Check:
    def __init__(self, answer=True):
        self.asked = 0
        self.answer = answer

    def __call__(self):
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_a_check_counts_for_a_second(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(health, "monotonic", lambda: now[0])
    check = Check()
    watch = Watch({"database": check})
    for _ in range(50):
        assert watch.look() == {"database": True, "serving": True}
    assert check.asked == 1
    now[0] += 1
    watch.look()
    assert check.asked == 2


def test_what_cannot_be_looked_at_is_not_there_and_the_log_does_not_say_what_it_said(caplog):
    watch = Watch({"database": Check(KeyError("Nora")), "keys": Check(False), "schema": Check()})
    assert watch.look() == {"database": False, "keys": False, "schema": True, "serving": True}
    assert [record.getMessage() for record in caplog.records] == ["not ready: database (KeyError)"]


def test_ending_is_told_at_once():
    watch = Watch({})
    watch.look()
    watch.draining = True
    assert watch.look() == {"serving": False}
