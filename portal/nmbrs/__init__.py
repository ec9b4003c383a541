"""Talks to Nmbrs, and holds an embedded Nmbrs to talk to. Knows no Django model."""
