"""The bytes in a QR code: encode, sign, parse, verify; and the keyed hashes and seals that go with them.

A hostile payload is only ever an unknown code: no function here raises on what a reader may deliver.
"""
