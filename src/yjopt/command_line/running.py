"""One command from its words to its exit status; nothing that happens on the way reaches a user as a traceback."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from yjopt.command_line.parser import build_parser, real_map
from yjopt.command_line.screen import prepare_streams, tell
from yjopt.errors import AuditError, ScenarioError, YjoptError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

#: Set to anything, it shows the traceback of what should not have happened.
DEBUG = "YJOPT_DEBUG"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after the program's name; those of the process when left out.

    Returns
    -------
    int
        Exit status: 0 done, 1 no plan or audit failed, 2 bad input or usage.
    """
    if arguments is None:
        prepare_streams()
    options = None
    try:
        options = build_parser().parse_args(arguments)
        return _run(options)
    except SystemExit as end:
        # What argparse does after help, version and usage errors.
        return end.code if isinstance(end.code, int) else 2
    except KeyboardInterrupt:
        makes_plan = getattr(options, "command", "") == "solve"
        tell(f"Interrupted{' before there was a plan' if makes_plan else ''}; nothing was written.")
        return 1
    except ScenarioError as error:
        from yjopt.command_line.scenarios import tell_scenario_error

        tell_scenario_error(error, getattr(options, "scenario", None))
        return 2
    except AuditError as error:
        tell(f"yjopt: {error} Nothing was written. {_how_to_report()}")
        return 1
    except YjoptError as error:
        tell(f"yjopt: {error}")
        return 2
    except MemoryError:
        tell(
            "yjopt: The memory of this machine is too small for it; lower nearest.supplies in scenario.toml."
        )
        return 1
    except Exception as error:  # a mistake of ours, whatever it is
        if os.environ.get(DEBUG):
            import traceback

            tell(traceback.format_exc().rstrip())
        what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        tell(f"yjopt: This should not have happened: {what}. {_how_to_report()}")
        return 1


def _run(options: argparse.Namespace) -> int:
    if os.environ.get(DEBUG):
        import logging

        logging.basicConfig(stream=sys.stderr, level=logging.INFO)
    if options.command in ("solve", "audit"):
        from yjopt.command_line import plans

        return plans.solve(options) if options.command == "solve" else plans.audit(options)
    if options.command == "orders":
        from yjopt.command_line import sheets

        return sheets.orders(options)
    if options.command in ("diagnose", "raise-level", "price-of-rule"):
        from yjopt.command_line import questions

        return questions.QUESTIONS[options.command](options)
    if options.command == "sweep":
        from yjopt.command_line import sweeps

        return sweeps.sweep(options)
    from yjopt.command_line import scenarios

    match options.command:
        case "check":
            return scenarios.check(options)
        case "new":
            return scenarios.new(options)
        case "convert":
            return scenarios.convert(options)
        case "generate":
            return scenarios.generate(options, real_map(options))
        case _:
            return scenarios.schema(options)


def _how_to_report() -> str:
    if os.environ.get(DEBUG):
        return "It is a bug of yjopt: please report it with the lines above, and the scenario if you may."
    return (
        f"It is a bug of yjopt: please run it again with {DEBUG}=1 and report what that prints, "
        "with the scenario if you may."
    )
