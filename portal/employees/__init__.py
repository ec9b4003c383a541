"""People and their dated records."""
