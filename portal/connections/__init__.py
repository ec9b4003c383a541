"""Environments, connections to Nmbrs and their encrypted credentials."""

from portal.connections.sources import open_source

__all__ = ["open_source"]
