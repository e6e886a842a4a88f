"""Who may do what: the one table, which the admin desktop reads too."""

from shared.domain.roles import OPERATIONS, WITHOUT_DATABASE, Group, may

__all__ = ["OPERATIONS", "WITHOUT_DATABASE", "Group", "may"]
