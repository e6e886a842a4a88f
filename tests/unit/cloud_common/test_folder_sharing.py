"""Several processes on one data folder: who wants it alone waits for the others, and a secret is made once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from cloud_api.common.keys import Keys, create_keys
from cloud_api.operate.lock import holding
from shared.errors import Rejected


def takes(folder, *, shared):
    with holding(folder, shared=shared):
        return True


@pytest.mark.parametrize(
    ("held", "wanted", "refused"), [(False, False, True), (False, True, True), (True, False, True), (True, True, False)]
)
def test_servers_share_a_folder_with_each_other_only(tmp_path, held, wanted, refused):
    with holding(tmp_path, shared=held):
        if refused:
            with pytest.raises(Rejected, match="in use"):
                takes(tmp_path, shared=wanted)
        else:
            assert takes(tmp_path, shared=wanted)
    assert takes(tmp_path, shared=False)


def test_processes_that_make_a_sites_key_at_once_end_up_with_the_same(tmp_path):
    create_keys(tmp_path, gym_name="Harbour")
    together = threading.Barrier(8)

    def site_key(site_id):
        keys = Keys(tmp_path)  # as a process of its own has them
        together.wait(30)
        return keys.site_key(site_id)

    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            site_id = uuid4()
            assert len({answer.result(30) for answer in [pool.submit(site_key, site_id) for _ in range(8)]}) == 1
    assert {path.name for path in (tmp_path / "sites").iterdir() if path.name.startswith(".")} == set()
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "sites").iterdir())
