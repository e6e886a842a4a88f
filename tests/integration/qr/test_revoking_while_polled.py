"""A change cannot be skipped: passes are revoked while kiosks poll the feed (promise 5)."""

import threading

from cloud_api.devices.feed import read_feed, read_snapshot
from cloud_api.qr.revoking import revoke_pass
from shared.contracts.roster import CHECKSUM_MODULUS, row_hash

PASSES, WRITERS = 40, 2
DEADLINE_S = 30


class Follower:
    """A kiosk's copy of the roster, kept by the feed alone."""

    def __init__(self, database, site_id) -> None:
        self._database, self._site_id = database, site_id
        with database.reading() as session:
            snapshot = read_snapshot(session, site_id)
        self.epoch, self.version = snapshot.epoch, snapshot.version
        self.rows = {(row.kind, row.key): row for row in snapshot.rows}

    def poll(self) -> None:
        """One page; whenever the cursor is at the head, the checksum must be that of the copy."""
        with self._database.reading() as session:
            answer = read_feed(session, self._site_id, self.epoch, self.version, 3)
        for row in answer.rows:
            assert row.version > self.version
            self.rows[row.kind, row.key] = row
        self.version = answer.version
        if answer.version == answer.head_version:
            living = (row for row in self.rows.values() if row.body is not None)
            total = sum(row_hash(row.kind.value, row.key, row.version, row.body) for row in living)
            assert total % CHECKSUM_MODULUS == answer.checksum


def test_no_revocation_is_skipped_by_a_poll_in_the_middle(desk, gym):
    member_id = desk.member(plan=desk.plan())
    cards = [desk.card(member_id) for _ in range(PASSES)]
    follower, failures, done = Follower(gym.cloud.database, desk.site_id), [], threading.Event()

    def poll():
        try:
            while not done.is_set():
                follower.poll()
        except Exception as error:  # noqa: BLE001  # told by the test, in its own thread
            failures.append(error)

    def revoke(mine):
        for card in mine:
            with gym.cloud.database.transaction() as session:
                revoke_pass(session, gym.cloud.journal, card["id"], by="test")

    poller = threading.Thread(target=poll)
    writers = [threading.Thread(target=revoke, args=(cards[place::WRITERS],)) for place in range(WRITERS)]
    for thread in (poller, *writers):
        thread.start()
    for thread in writers:
        thread.join(DEADLINE_S)
    done.set()
    poller.join(DEADLINE_S)
    assert failures == []
    for _ in range(PASSES):
        follower.poll()
    revoked = [row for row in follower.rows.values() if row.body and '"status":"revoked"' in row.body]
    assert len(revoked) == PASSES


def test_a_revocation_is_in_the_roster_when_the_answer_comes(desk, gym):
    """No bus stands between the click and the doors: nothing was dispatched."""
    member_id = desk.member(plan=desk.plan())
    card = desk.card(member_id)
    follower = Follower(gym.cloud.database, desk.site_id)
    assert desk.client.post(f"/v1/passes/{card['id']}/revoke").is_success
    follower.poll()
    row = next(row for row in follower.rows.values() if row.key == card["lookup"].hex())
    assert '"status":"revoked"' in row.body


def test_what_fails_leaves_roster_journal_and_audit_alone(desk, gym, monkeypatch):
    """A revocation that cannot be written in the journal did not happen."""
    member_id = desk.member(plan=desk.plan())
    card, before = desk.card(member_id), desk.actions("qr")

    def fail(*_facts):
        raise OSError("disk full")

    monkeypatch.setattr(type(gym.cloud.journal), "append", fail)
    assert desk.client.post(f"/v1/passes/{card['id']}/revoke").status_code == 500
    assert desk.credential_row(card["lookup"])["status"] == "active"
    assert desk.actions("qr") == before
