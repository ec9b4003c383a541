"""Lets the tests empty their database although the audit trail refuses it."""
