"""Mails to members: the pass, the purchase code, receipts."""
