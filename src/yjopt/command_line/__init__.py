"""The verbs of the library on the command line: words in, text or JSON out, and an exit status.

`parser` knows the words, `running` turns whatever happens into an exit status, `scenarios` and `plans` hold the
commands. Heavy libraries are loaded by the command that needs them.
"""

from __future__ import annotations
