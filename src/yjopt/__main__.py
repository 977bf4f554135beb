"""The command line: ``yjopt`` or ``python -m yjopt``."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from yjopt import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after the program's name; those of the process when left out.

    Returns
    -------
    int
        Exit status: 0 done, 1 no plan, 2 bad input or usage.
    """
    parser = argparse.ArgumentParser(
        prog="yjopt", description="Plans for a city's emergency command centre in an outbreak."
    )
    parser.add_argument("--version", action="version", version=f"yjopt {__version__}")
    parser.parse_args(arguments)
    parser.print_usage(sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
