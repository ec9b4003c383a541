"""The period board: every company in its current period, what needs attention first."""
