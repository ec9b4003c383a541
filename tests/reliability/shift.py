"""`python -m tests.reliability.shift <environment>`: one wake-up of one worker, in a process of its own."""

import sys

import django


def main() -> None:
    """Set Django up and do what is ready."""
    django.setup()
    from portal.sync.tasks import work

    work(int(sys.argv[1]))


main()
