"""Payments: the house ledger, orders and their receipts, refunds and corrections, tills."""
