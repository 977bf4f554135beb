"""What holds for the whole repository: light imports, files of readable size, no trace of one machine."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import yjopt

ROOT = Path(__file__).parent.parent
PACKAGE = Path(yjopt.__file__).parent
IMPORT_BUDGET = 0.15  # seconds of processor time above pandas
LINE_LIMIT = 500
HEAVY = [
    "distributed",
    "geopandas",
    "highspy",
    "matplotlib",
    "networkx",
    "openpyxl",
    "pulp",
    "pylmcf",
    "scipy.optimize",
    "scipy.stats",
    "xlsxwriter",
]

IMPORT_PROBE = """
import importlib, json, sys, time
import pandas
known = set(sys.modules)
start = time.process_time()
for name in sys.argv[1:]:
    importlib.import_module(name)
seconds = time.process_time() - start
print(json.dumps({"seconds": seconds, "modules": sorted(set(sys.modules) - known)}))
"""


def modules() -> list[str]:
    """Return the dotted names of the package's files, without the command line's."""
    names = [path.relative_to(PACKAGE.parent).with_suffix("").parts for path in sorted(PACKAGE.rglob("*.py"))]
    return [".".join(parts).removesuffix(".__init__") for parts in names if parts[-1] != "__main__"]


def probe(names: list[str], bytecode: Path | None = None) -> dict[str, object]:
    """Import modules in a fresh interpreter and return the seconds and the modules that came with them.

    With a folder for bytecode it is kept there from one probe to the next, as an installer keeps it for
    users, whatever this machine's settings are.
    """
    environment = dict(os.environ)
    if bytecode is not None:
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment["PYTHONPYCACHEPREFIX"] = str(bytecode)
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT_PROBE, *names],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert run.returncode == 0, run.stderr
    assert not run.stderr, "importing the library writes to the screen"
    answer: dict[str, object] = json.loads(run.stdout)
    return answer


@pytest.mark.alone
@pytest.mark.parametrize("name", ["yjopt", "yjopt.api"])
def test_importing_is_quick(name: str, tmp_path: Path) -> None:
    """Neither the package nor all that a solve needs passes the budget above pandas, once it is compiled."""
    # The first compiles; a busy machine may take half as long again for several after it.
    seconds: list[float] = []
    while min(seconds, default=math.inf) > IMPORT_BUDGET and len(seconds) < 16:
        seconds.append(float(str(probe([name], tmp_path)["seconds"])))
    assert any(tmp_path.rglob("*.pyc"))
    assert min(seconds) <= IMPORT_BUDGET, seconds


def test_importing_is_light() -> None:
    """All files of the package together load no heavy library."""
    loaded = probe(modules())["modules"]
    assert isinstance(loaded, list)
    assert not set(loaded) & set(HEAVY)


def test_package_alone_does_not_load_pandas() -> None:
    """`import yjopt` costs next to nothing until a name is asked for."""
    code = "import sys, yjopt; print([name for name in ('numpy', 'pandas', 'scipy') if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A misspelt name of the package fails as any module's would."""
    with pytest.raises(AttributeError, match="sovle"):
        _ = yjopt.sovle
    assert not hasattr(yjopt, "sovle")
    assert set(yjopt._HOME) <= set(dir(yjopt))


def test_public_names_are_where_the_table_says() -> None:
    """Every public name of a room that stands can be had, and twice the same."""
    homes = {name: home for name, home in yjopt._HOME.items() if find_spec(f"yjopt.{home}")}
    assert homes
    for name in homes:
        assert getattr(yjopt, name) is getattr(yjopt, name)


def test_version_on_the_command_line() -> None:
    """`yjopt --version` says the version of the package that is imported."""
    run = subprocess.run(
        [sys.executable, "-m", "yjopt", "--version"], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == f"yjopt {yjopt.__version__}"


def tracked_files() -> list[Path]:
    """Return the files that git knows or would take up, or all but the built ones where there is no git."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
        return [ROOT / name for name in names if name and (ROOT / name).is_file()]
    built = {
        ".venv",
        "build",
        "dist",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".hypothesis",
        "__pycache__",
    }
    return [
        path for path in ROOT.rglob("*") if path.is_file() and not built & set(path.relative_to(ROOT).parts)
    ]


def test_source_files_fit_a_few_screens() -> None:
    """A file past the limit does more than one thing."""
    lengths = {
        path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in PACKAGE.rglob("*.py")
    }
    assert not {name: lines for name, lines in lengths.items() if lines > LINE_LIMIT}


# Written with a break in each, so that this file does not find itself.
FORBIDDEN = re.compile(
    "|".join(
        [
            r"(?<![\w.])/" + r"(?:work|root|home)/[\w.]",
            r"/tmp/" + r"bash_jobs",
            r"\.\./" + r"shared",
            r"\." + r"library\b",
            r"pypi\." + r"org|files\.python" + r"hosted|/opt/" + r"pypi",
            r"regi" + r"stry\.npm",
        ]
    )
)


def test_no_file_names_a_machine() -> None:
    """Nothing in the repository points at a folder or a host of where it was written."""
    found = []
    for path in tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in FORBIDDEN.finditer(text)]
    assert not found


@pytest.mark.parametrize(
    "path", ["/wo" + "rk/main", "/ro" + "ot/.cache", "../sha" + "red/design", "/ho" + "me/ann/x"]
)
def test_a_machine_path_is_found(path: str) -> None:
    """The pattern does see what it is meant to see."""
    assert FORBIDDEN.search(f"see {path} for more")


@pytest.mark.parametrize("text", ["homework/rooted", "src/home/x.py", "team-work/hours", "shared/data"])
def test_plain_words_are_left_alone(text: str) -> None:
    """The pattern does not see machines everywhere."""
    assert not FORBIDDEN.search(text)


@pytest.mark.parametrize(
    "name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", ".ci/run"]
)
def test_front_of_the_house(name: str) -> None:
    """What a newcomer looks for first is there and not empty."""
    assert (ROOT / name).stat().st_size > 50


def test_changelog_has_the_version() -> None:
    """The change log speaks of the version that is installed."""
    assert f"## {yjopt.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_links_between_pages_lead_somewhere() -> None:
    """A page of the documentation links only to files that are there."""
    pages = [path for path in tracked_files() if path.suffix == ".md"]
    assert pages
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert not broken
