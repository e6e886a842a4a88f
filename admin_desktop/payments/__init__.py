"""Payments: selling and renewing, receipts, refunds and corrections, the till, the ledger."""
