"""The demo firm, its personas and its door; and the program that runs them all: `python -m portal.demo`."""
