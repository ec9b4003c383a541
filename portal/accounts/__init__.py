"""Firms, people, memberships, roles and the one tenancy rule."""
