"""Whether a process is ready is found out without standing in anybody's way."""

from sqlalchemy import text

from tests.support.cloud import a_gym


def test_a_process_is_ready_while_somebody_writes(tmp_path):
    """A file has one writer: who asks how we are must not wait for it, nor keep it waiting."""
    with a_gym(tmp_path, services=("identity",)) as gym, gym.client() as client:
        with gym.cloud.database.transaction() as session:
            session.execute(text("SELECT 1"))
            answer = client.get("/health/ready")
        assert answer.status_code == 200, answer.text
