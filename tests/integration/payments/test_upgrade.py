"""A gym of release 0.1.0 sells and renews at once: its plans and memberships are told anew by the upgrade."""

import tarfile
from pathlib import Path

from sqlmodel import select

from cloud_api.gym.tables import MembershipRow as GymMembershipRow
from cloud_api.gym.tables import PlanRow as GymPlanRow
from cloud_api.operate.opening import open_cloud
from cloud_api.payments.tables import MembershipRow, PlanRow
from cloud_api.settings import load_settings
from shared.contracts.roster import PlanBody
from tests.support.cloud import StillClock

RELEASE = Path(__file__).parents[2] / "data" / "releases" / "0.1.0.tar.xz"


def test_payments_knows_every_price_and_every_membership_after_the_upgrade(tmp_path):
    with tarfile.open(RELEASE) as archive:
        archive.extractall(tmp_path, filter="data")
    cloud = open_cloud(load_settings(tmp_path / "gym", environ={}), clock=StillClock())
    while cloud.dispatcher.run_pending():
        pass
    with cloud.database.reading() as session:
        prices = {row.id: (row.name, row.price_minor, row.on_sale) for row in session.exec(select(PlanRow))}
        paid = {row.id: (row.member_id, row.paid_through_on) for row in session.exec(select(MembershipRow))}
        plans = [(row, PlanBody.model_validate_json(row.body)) for row in session.exec(select(GymPlanRow))]
        held = session.exec(select(GymMembershipRow)).all()
    cloud.database.close()
    assert prices == {row.id: (body.name, body.price_minor, row.on_sale) for row, body in plans}
    assert paid == {row.id: (row.member_id, row.paid_through_on) for row in held}
    assert len(prices) > 1
    assert len(paid) > 1
