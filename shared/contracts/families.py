"""Who belongs together among the members."""

from shared.contracts.base import Message
from shared.contracts.gym import MemberRef


class Family(Message):
    """``guardian`` pays and answers for the member; ``others`` have the same guardian, or this member as theirs."""

    guardian: MemberRef | None
    others: list[MemberRef]
