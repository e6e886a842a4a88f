"""Any mix of orders, payments, refunds, corrections, tills, repeats and faults leaves the books right."""

import tempfile
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlmodel import select

from cloud_api.common import roster
from cloud_api.common.database import Conflict
from cloud_api.common.tables import MemberPlace
from cloud_api.payments import correcting, orders, refunding, taking, tills
from cloud_api.payments.tables import MembershipRow, OrderRow, PlanRow, TillRow
from shared.contracts.payments import (
    NewCorrection,
    NewOrder,
    NewPayment,
    NewRefund,
    NewTill,
    RenewalLine,
    SaleLine,
    TillCount,
)
from shared.contracts.roster import RowKind, SiteBody
from shared.domain.ledger import Account, Method
from shared.errors import FitError
from tests.support.builders import SITE_ID, TODAY, a_site, an_id
from tests.support.cashier import check_books, sums_of
from tests.support.cloud import StillClock
from tests.support.cloud_database import a_database

KEYS = SimpleNamespace(gym_name="Harbour Gym")
MEMBER, PLANS, HELD = an_id(901), (an_id(902), an_id(903)), an_id(904)
METHODS, AMOUNTS = st.sampled_from(Method), st.integers(0, 60_000)


class PowerCutError(Exception):
    """The program died before its commit."""


class Books(RuleBasedStateMachine):
    """One desk with a pen that sometimes breaks: each act may be struck before its commit, and is then done again."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="fit-books-")
        self.database = a_database(Path(self.folder.name), clock=StillClock())
        self.orders, self.done = [], []
        with self.database.transaction() as session:
            roster.open_site(session, SITE_ID)
            body = SiteBody.from_domain(a_site()).model_dump_json()
            roster.put(session, site_id=SITE_ID, kind=RowKind.SITE, key=str(SITE_ID), body=body)
            session.add(MemberPlace(member_id=MEMBER, sealed_key=b"x"))
            session.add(MembershipRow(id=HELD, member_id=MEMBER, plan_id=PLANS[0], paid_through_on=TODAY, version=1))
            for plan_id, price in zip(PLANS, (34_900, 12_000), strict=True):
                facts = {"name": "P", "price_minor": price, "currency": "DKK", "on_sale": True, "version": 1}
                session.add(PlanRow(id=plan_id, **facts))

    def teardown(self):
        self.database.close()
        self.folder.cleanup()

    def act(self, use_case, *arguments, strikes):
        """Do something, perhaps after tries that were struck; what it gave, or None when it was refused."""
        for _ in range(strikes):
            try:
                with self.database.transaction() as session:
                    use_case(session, *arguments, by="test")
                    session.flush()
                    raise PowerCutError  # noqa: TRY301  # the fault itself
            except (PowerCutError, FitError):
                pass
        try:
            with self.database.transaction() as session:
                made = use_case(session, *arguments, by="test")
        except Conflict:
            raise
        except FitError:
            return None
        self.done.append((use_case, arguments, made))
        return made

    @rule(
        lines=st.lists(st.sampled_from(PLANS), min_size=1, max_size=3), renews=st.booleans(), strikes=st.integers(0, 1)
    )
    def order(self, lines, renews, strikes):
        drafts = [SaleLine(plan_id=plan_id, membership_id=an_id()) for plan_id in lines]
        if renews:
            drafts.append(RenewalLine(membership_id=HELD, paid_through_on=TODAY))
        wanted = NewOrder(id=an_id(), site_id=SITE_ID, member_id=MEMBER, lines=drafts)
        if self.act(orders.create_order, wanted, strikes=strikes):
            self.orders.append(wanted.id)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), method=METHODS, strikes=st.integers(0, 2))
    def pay(self, data, method, strikes):
        wanted = NewPayment(id=an_id(), method=method, reference="r")
        self.act(taking.take_payment, KEYS, data.draw(st.sampled_from(self.orders)), wanted, strikes=strikes)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), method=METHODS, amount=AMOUNTS, ends=st.booleans(), strikes=st.integers(0, 2))
    def refund(self, data, method, amount, ends, strikes):
        facts = {"method": method, "reference": "r", "reason": "x", "ends_membership": ends}
        wanted = NewRefund(id=an_id(), amount_minor=amount or None, **facts)
        self.act(refunding.refund, KEYS, data.draw(st.sampled_from(self.orders)), wanted, strikes=strikes)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), method=METHODS, amount=st.none() | AMOUNTS, strikes=st.integers(0, 2))
    def correct(self, data, method, amount, strikes):
        order_id = data.draw(st.sampled_from(self.orders))
        payment_id = self.payment_of(order_id) or an_id()
        facts = {"method": method, "reference": "r", "reason": "x", "payment_id": payment_id}
        wanted = NewCorrection(id=an_id(), amount_minor=amount, **facts)
        self.act(correcting.correct, KEYS, order_id, wanted, strikes=strikes)

    @rule(amount=AMOUNTS, strikes=st.integers(0, 1))
    def open_till(self, amount, strikes):
        wanted = NewTill(id=an_id(), site_id=SITE_ID, currency="DKK", float_minor=amount)
        self.act(tills.open_till, wanted, strikes=strikes)

    @rule(difference=st.integers(-500, 500), strikes=st.integers(0, 1))
    def close_till(self, difference, strikes):
        with self.database.reading() as session:
            till = session.exec(select(TillRow).where(TillRow.open_site_id == SITE_ID)).first()
            expected = 0 if till is None else tills.expected_in(session, till)
        if till is not None:
            count = TillCount(counted_minor=max(0, expected + difference))
            self.act(tills.close_till, till.id, count, strikes=strikes)

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def ask_again(self, data):
        """A reply was lost: the very same request gives the very same answer."""
        use_case, arguments, made = data.draw(st.sampled_from(self.done))
        with self.database.transaction() as session:
            assert ids_of(use_case(session, *arguments, by="test")) == ids_of(made)

    def payment_of(self, order_id: UUID) -> UUID | None:
        with self.database.reading() as session:
            return session.get_one(OrderRow, order_id).payment_id

    @invariant()
    def the_books_are_right(self):
        with self.database.reading() as session:
            check_books(session)
            check_cash(session)


def ids_of(made):
    return [row.id for row in made] if isinstance(made, tuple) else made.id


def check_cash(session):
    """What was counted out, less what came in as float, is what cash earned less the differences."""
    sums = sums_of(session)
    found = session.exec(select(TillRow)).all()
    counted = sum(till.counted_minor or 0 for till in found)
    assert sums[Account.SAFE] == counted - sum(till.float_minor for till in found)
    differences = sum(till.counted_minor - till.expected_minor for till in found if till.counted_minor is not None)
    assert sums[Account.DIFFERENCE] == -differences
    assert sums[Account.CASH] == sum(tills.expected_in(session, till) for till in found if till.closed_at is None)


TestBooks = Books.TestCase
TestBooks.settings = settings(max_examples=20, stateful_step_count=25)
