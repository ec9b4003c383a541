"""`python -m portal.nmbrs.sandbox`: the embedded Nmbrs without Django."""

import argparse

from portal.nmbrs.sandbox.serving import add_arguments, serve


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="nmbrs-sandbox", description="Serve an embedded Nmbrs on a loopback port.")
    add_arguments(parser)
    serve(vars(parser.parse_args()))


main()
