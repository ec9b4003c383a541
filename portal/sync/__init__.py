"""Sync runs, plans, tasks, commands and the pages that show and start syncs."""
