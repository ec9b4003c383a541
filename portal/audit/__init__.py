"""The append-only, hash-chained trail of who did and read what. Knows others by their ids only; holds no values."""
