"""Words, their help, and ends that should not happen."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import yjopt
from yjopt import api
from yjopt.command_line import scenarios
from yjopt.command_line.parser import build_parser
from yjopt.command_line.progress import Interrupts
from yjopt.command_line.running import main
from yjopt.command_line.screen import plain

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["dance"], "invalid choice: 'dance'"),
        (["solve", "here"], "required: -o/--output"),
        (["solve", "here", "-o", "there", "--gap", "1"], "give a number from 0 to below 1"),
        (["solve", "here", "-o", "there", "--gap", "nan"], "give a number from 0 to below 1"),
        (["solve", "here", "-o", "there", "--time-limit", "0"], "give a number of seconds above 0"),
        (["solve", "here", "-o", "there", "--time-limit", "inf"], "give a number of seconds above 0"),
        (["solve", "here", "-o", "there", "--engine", "gurobi"], "there is no engine 'gurobi'"),
        (["solve", "here", "-o", "there", "--engine", "pulp:"], "there is no engine 'pulp:'"),
        (["solve", "here", "-o", "there", "--threads", "0"], "give a whole number from 1"),
        (["solve", "here", "-o", "there", "--objective", "fame"], "invalid choice: 'fame'"),
        (["generate", "-o", "there", "--towns", "1"], "give a whole number from 2 to 1,000,000, not '1'"),
        (["generate", "-o", "there", "--seed", "-1"], "give a whole number from 0"),
        (["generate", "-o", "there", "--within", "4418"], "--within is for a real country"),
        (["generate", "-o", "there", "--areas", "a.csv"], "--areas and --towns-from go together"),
        (
            ["generate", "-o", "there", "--areas", "a", "--towns-from", "b", "--towns", "9"],
            "the towns come from --towns-from",
        ),
    ],
)
def test_wrong_words(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A usage error is told on standard error, with exit status 2."""
    assert main(words) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert not captured.out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"yjopt {yjopt.__version__}\n"


def test_the_reference_page_tells_every_word() -> None:
    """docs/reference/command-line.md has each command, option and help text of the parser."""
    page = (ROOT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    flat = " ".join(page.replace("`", "").split())
    commands = next(action for action in build_parser()._actions if action.dest == "command")
    assert isinstance(commands.choices, dict)
    for name, parser in commands.choices.items():
        assert f"## {name}" in page
        section = " ".join(page.partition(f"## {name}")[2].partition("\n## ")[0].replace("`", "").split())
        for action in parser._actions:
            if action.dest == "help":
                continue
            for option in action.option_strings or [str(action.metavar)]:
                assert option in section, f"{name} {option}"
            assert action.help in section, f"{name} {action.help}"
    for line in ("0 | done", "1 | no plan", "2 | bad input or usage"):
        assert line in flat


def test_a_bug_is_one_sentence(
    towns: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback unless it is asked for; exit status 1."""

    def stumble(options: Any) -> int:
        raise KeyError("a key\nof ours")

    monkeypatch.setattr(scenarios, "check", stumble)
    monkeypatch.delenv("YJOPT_DEBUG", raising=False)
    assert main(["check", str(towns)]) == 1
    err = capsys.readouterr().err
    assert err.startswith("yjopt: This should not have happened: KeyError: 'a key\\nof ours'. ")
    assert "YJOPT_DEBUG=1" in err
    assert err.count("\n") == 1
    monkeypatch.setenv("YJOPT_DEBUG", "1")
    assert main(["check", str(towns)]) == 1
    assert "Traceback (most recent call last)" in capsys.readouterr().err


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt, 1), (MemoryError, 1)])
def test_ends_without_a_plan(
    error: type[BaseException],
    status: int,
    towns: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Ctrl-C before there is a plan, and a machine that is too small: a sentence, nothing written."""

    def stop(*args: Any) -> None:
        raise error

    monkeypatch.setattr(api, "index", stop)
    assert main(["solve", str(towns), "-o", str(tmp_path / "plan")]) == status
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "Interrupted before there was a plan; nothing was written." in err or "memory" in err
    assert not (tmp_path / "plan").exists()


@pytest.mark.skipif(os.name != "posix", reason="signals are sent the POSIX way")
def test_the_first_interrupt_ends_the_search_the_third_gives_up(capsys: pytest.CaptureFixture[str]) -> None:
    """One ends the search, the next is only told of while the plan is finished, one more gives up."""
    before = signal.getsignal(signal.SIGINT)
    with Interrupts():
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.01)
        assert "once more" in capsys.readouterr().err
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
    assert signal.getsignal(signal.SIGINT) is before


def test_plain_values() -> None:
    """What JSON cannot say is null, at any depth."""
    frame = pd.DataFrame({"a": [1], "b": [float("nan")]})
    assert plain({"x": [float("inf"), 1.5, frame["a"][0], frame["b"][0], None, True, "inf"]}) == {
        "x": [None, 1.5, 1, None, None, True, "inf"]
    }
