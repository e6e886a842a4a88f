"""What a spreadsheet makes of a text that it opens."""

CALCULATED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a text begins that a spreadsheet would calculate (OWASP, CSV Injection); some take the wide signs as well."""


def as_text(cell: str) -> str:
    """What would be calculated is told to be text, by an apostrophe before it; so is what :func:`as_written` would change."""
    return f"'{cell}" if cell.lstrip("'").startswith(CALCULATED) else cell


def as_written(cell: str) -> str:
    """What :func:`as_text` was given. A list of another program that does the same is read alike."""
    return cell[1:] if cell.startswith("'") and as_text(cell) != cell else cell
