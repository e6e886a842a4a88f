"""``qr``: passes (phones, cards, old barcodes), vouchers, and the keys that sign them."""
