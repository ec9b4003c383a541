"""Companies of a debtor, their periods, runs, returns and snapshots."""
