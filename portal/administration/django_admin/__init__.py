"""Django's admin as a reading room: off unless PORTAL_ADMIN names people, and then without a way to change anything.

What the portal itself can do it does on its own pages, each with its rules and its entry in the trail. The admin would
go round both, so here it only reads (docs/access.md).
"""
