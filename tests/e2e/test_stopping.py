from tests.support.live import live_gym


def test_a_server_does_not_wait_for_clients_that_are_only_connected(tmp_path):
    with live_gym(tmp_path) as (gym, _):
        assert gym.owner.get("/v1/sites").is_success  # leaves its connection open, as a kiosk does
        assert gym.server.stop() == 0
        assert not any("shutdown exceeded" in line for line in gym.server.lines)
