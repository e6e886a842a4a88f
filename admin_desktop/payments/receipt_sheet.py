"""A receipt on the screen: as it is printed, with the way to paper."""

from admin_desktop.payments.paper import save_pdf
from admin_desktop.payments.printing import PrintRow
from admin_desktop.payments.reading import receipt_rows
from admin_desktop.payments.rows import RowsView
from admin_desktop.shell.context import Context
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.sheet import Sheet
from shared.contracts.gym import MemberView
from shared.contracts.payments import ReceiptView
from shared.desktop.drawings import Icon


class ReceiptSheet(Sheet):
    """What was just paid."""

    def __init__(self, context: Context, receipt: ReceiptView, member: MemberView) -> None:
        words = context.words
        name = f"{member.given_name} {member.family_name}".strip()
        number = "" if member.number is None else words("selling.number", number=member.number)
        rows = receipt_rows(receipt, ", ".join(filter(None, (name, number))), words)
        title = words("payments.done", number=str(receipt.number))
        super().__init__(context.stage, title, RowsView(rows), leave_text=words("do.close"))
        self._context, self._receipt, self._rows = context, receipt, rows
        self.paper = button(words("payments.pdf"), icon=Icon.PRINT)
        self.paper.clicked.connect(self.save)
        self.foot.insertWidget(1, self.paper)
        self.leave_button.setFocus()

    def save(self) -> None:
        """As a PDF, where one says."""
        name = self._context.words("payments.file", number=str(self._receipt.number))
        save_pdf(self._context, name, self._rows)

    @property
    def rows(self) -> list[PrintRow]:
        return self._rows
