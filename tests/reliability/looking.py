"""`python -m tests.reliability.looking`: a reader in a process of its own, on the database of its environment.

It looks until its input ends, then prints one line of JSON: how often it looked, and which kinds of which companies it
saw in a state that is neither empty nor that of the end.
"""

import json
import sys

import django

PAUSE = 0.1


def main() -> None:
    """Look on until the input ends."""
    django.setup()
    from tests.reliability.reader import Reader, look

    with Reader(PAUSE) as reader:
        sys.stdin.read()
    if reader.problem is not None:
        raise reader.problem
    print(json.dumps({"looks": reader.looks, "strange": reader.strange({}, look())}))


main()
