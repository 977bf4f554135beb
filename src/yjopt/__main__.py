"""The command line: ``yjopt`` or ``python -m yjopt``."""

from __future__ import annotations

import sys

from yjopt.command_line.running import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
