"""Encrypted backups of the database, restoring them, and the drill that proves that a restore works."""
