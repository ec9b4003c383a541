"""The engine that turns records into dated rows, and what every mirrored row has in common."""
