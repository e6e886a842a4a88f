"""What crosses a wire: one model a message, one golden example each in ``docs/wire/examples``.

Additive within a version: readers ignore fields they do not know, writers always send every field.
Times are ISO 8601 in UTC, bytes are base64url without padding, days are site-local.
"""
