"""What a spreadsheet makes of a text that it opens."""

CALCULATED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a text begins that a spreadsheet would calculate (OWASP, CSV Injection); some take the wide signs as well."""


def as_text(cell: str) -> str:
    """What would be calculated is told to be text, by an apostrophe before it."""
    return f"'{cell}" if cell.startswith(CALCULATED) else cell
