"""Saved views: filters, order and columns of a list under a name; one's own, a team's, or the office's."""
