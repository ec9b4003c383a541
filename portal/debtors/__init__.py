"""Debtors: the clients of the firm."""
