"""One direction: a file imports only from rooms above its own, read from the source without running it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import yjopt

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(yjopt.__file__).parent

# From the ground floor to the front door. A room is a file, a package, or several files whose names begin
# with the room's name and an underscore.
ROOMS = (
    "errors schema files checks areas scenario roads instance model engines plan auditing diagnosis "
    "siting explanation drills reporting plots generation api planner comparison sweeping command_line __main__"
).split()

# The only methods that look down, each a lazy import of the room that does the work.
LOOKING_DOWN = {
    ("plan", "Plan.audit"): "auditing",
}

# Rooms that must not know others even though those stand above them.
STRANGERS = {
    "auditing": {"model", "engines", "roads", "instance"},
    "engines": {*ROOMS[: ROOMS.index("engines")]} - {"errors", "model"},
}

# All that the engines may see of the model: the matrix, not the families that fill it.
MATRIX = ("yjopt.model.mip", "yjopt.model.builder")


@dataclass(frozen=True)
class Import:
    """One import statement: what is imported, in which function, and whether only types need it."""

    module: str
    line: int
    function: str
    typing_only: bool


def room_of(module: str) -> str | None:
    """Return the room of a dotted module of the package; None is the package itself or another package."""
    parts = module.split(".")
    if parts[0] != "yjopt" or len(parts) == 1:
        return None
    for room in ROOMS:
        if parts[1] == room or parts[1].startswith(f"{room}_"):
            return room
    raise AssertionError(f"{module} stands in no room; add it to ROOMS and to docs/develop/architecture.md")


def module_of(path: Path, root: Path) -> str:
    """Return the dotted name of a source file."""
    parts = path.relative_to(root.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(source: str, module: str, *, is_package: bool) -> list[Import]:
    """Return every import of a source text with its function, absolute names throughout."""
    found: list[Import] = []

    def visit(node: ast.AST, names: tuple[str, ...], in_function: bool, typing_only: bool) -> None:
        for child in ast.iter_child_nodes(node):
            here, inside, typed = names, in_function, typing_only
            if isinstance(child, ast.ClassDef):
                here = (*names, child.name)
            elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                here, inside = (*names, child.name), True
            elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                typed = True
            elif isinstance(child, ast.Import | ast.ImportFrom):
                function = ".".join(names) if in_function else ""
                found.extend(
                    Import(target, child.lineno, function, typing_only)
                    for target in targets_of(child, module, is_package=is_package)
                )
            visit(child, here, inside, typed)

    visit(ast.parse(source), (), False, False)
    return found


def targets_of(node: ast.Import | ast.ImportFrom, module: str, *, is_package: bool) -> Iterator[str]:
    """Yield the modules that a statement imports; `from yjopt import solve` is an import of solve's home."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    base = node.module or ""
    if node.level:
        parts = module.split(".")
        above = parts[: len(parts) - node.level + is_package]
        base = ".".join([*above, *([base] if base else [])])
    for alias in node.names:
        if base == "yjopt":
            home = yjopt._HOME.get(alias.name, alias.name)
            yield "yjopt" if alias.name == "__version__" else f"yjopt.{home}"
        else:
            # A name may be a submodule: the longer path tells model.supplies from model.
            yield f"{base}.{alias.name}" if base.startswith("yjopt.") else base


def complaints(source: str, module: str, *, is_package: bool = False) -> list[str]:
    """Return what is wrong with the imports of one file."""
    room = room_of(module)
    found = []
    for item in imports_of(source, module, is_package=is_package):
        place = f"{module}:{item.line}"
        if item.module.split(".")[0] == "ortools":
            found.append(f"{place} imports ortools, which cannot live in one process with highspy")
        other = room_of(item.module)
        if other is None or other == room:
            continue
        if room is None:
            found.append(f"{place} imports {other}; the package itself loads its rooms only when asked")
        elif other in STRANGERS.get(room, ()):
            found.append(f"{place} imports {other}, which {room} must not know")
        elif room == "engines" and other == "model" and not item.module.startswith(MATRIX):
            found.append(f"{place} imports {item.module}; engines know only the matrix")
        elif ROOMS.index(other) > ROOMS.index(room):
            if item.typing_only and other in {
                down for (where, _), down in LOOKING_DOWN.items() if where == room
            }:
                continue
            if LOOKING_DOWN.get((room, item.function)) != other:
                found.append(f"{place} imports {other}, which stands below {room}")
    return found


SOURCES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: module_of(path, PACKAGE))
def test_imports_look_up_only(path: Path) -> None:
    """Every import of every file is of a room above, or one of the listed methods."""
    module = module_of(path, PACKAGE)
    text = path.read_text(encoding="utf-8")
    assert not complaints(text, module, is_package=path.name == "__init__.py")


@pytest.mark.parametrize(
    ("module", "source", "word"),
    [
        ("yjopt.areas", "from yjopt.scenario import Scenario", "below areas"),
        ("yjopt.areas", "def lazy():\n    from yjopt import solve", "imports api"),
        ("yjopt.areas", "import yjopt.plan", "imports plan"),
        (
            "yjopt.areas",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .plan import Plan",
            "imports plan",
        ),
        ("yjopt.model.beds", "from ..engines import highs", "imports engines"),
        ("yjopt.engines.highs", "from yjopt.scenario import Scenario", "must not know"),
        ("yjopt.engines.highs", "from yjopt.model import supplies", "only the matrix"),
        ("yjopt.engines.highs", "from yjopt.model.beds import rows", "only the matrix"),
        ("yjopt.auditing", "from yjopt.roads import reach", "must not know"),
        ("yjopt.auditing_teams", "import yjopt.instance.labels", "must not know"),
        (
            "yjopt.plan",
            "class Plan:\n    def explain(self):\n        from yjopt.auditing import audit",
            "below plan",
        ),
        ("yjopt.plan", "from yjopt.auditing import audit", "below plan"),
        ("yjopt.engines.highs", "from ortools.sat.python import cp_model", "ortools"),
        ("yjopt", "from yjopt.scenario import Scenario", "only when asked"),
    ],
)
def test_a_wrong_import_is_found(module: str, source: str, word: str) -> None:
    """The reader of imports does see each kind of wrong import."""
    assert [line for line in complaints(source, module) if word in line]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("yjopt.plan", "class Plan:\n    def audit(self):\n        from yjopt.auditing import audit"),
        (
            "yjopt.plan",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from yjopt.auditing import Audit",
        ),
        ("yjopt.model.beds", "from yjopt.model.mip import Mip\nfrom .. import errors\nimport numpy as np"),
        ("yjopt.engines.highs", "from yjopt.model.mip import Mip\nfrom yjopt.model import mip"),
        ("yjopt.__main__", "from yjopt import __version__, solve"),
    ],
)
def test_a_right_import_is_left_alone(module: str, source: str) -> None:
    """What the rule allows passes."""
    assert not complaints(source, module)


def test_an_unknown_room_is_named() -> None:
    """A new file must be given its place in the order."""
    with pytest.raises(AssertionError, match="stands in no room"):
        room_of("yjopt.attic")


def test_files_import_each_other_in_no_circle() -> None:
    """Inside a room, too, the files have an order."""
    modules = {module_of(path, PACKAGE): path for path in SOURCES}
    graph: dict[str, set[str]] = {}
    for module, path in modules.items():
        found = imports_of(path.read_text(encoding="utf-8"), module, is_package=path.name == "__init__.py")
        needed = {item.module for item in found if not item.function and not item.typing_only}
        graph[module] = {
            next(name for name in (target, target.rpartition(".")[0]) if name in modules)
            for target in needed
            if target in modules or target.rpartition(".")[0] in modules
        } - {module, "yjopt"}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"these import each other: {' > '.join(error.args[1])}")


def test_listed_methods_exist() -> None:
    """The list of methods that look down holds none that is gone."""
    for (room, name), _ in LOOKING_DOWN.items():
        path = PACKAGE / f"{room}.py"
        if not path.exists():
            continue
        class_name, method = name.split(".")
        methods = {
            f"{node.name}.{child.name}"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ClassDef)
            for child in node.body
            if isinstance(child, ast.FunctionDef)
        }
        assert f"{class_name}.{method}" in methods, f"{room} has no {name} any more; take it off the list"


def test_no_module_bears_the_name_of_a_public_name() -> None:
    """`yj.solve` the function and a module `solve` would hide each other."""
    modules = {path.stem for path in PACKAGE.glob("*.py")} | {
        path.parent.name for path in PACKAGE.glob("*/__init__.py")
    }
    assert not modules & set(yjopt._HOME)


def test_every_public_name_lives_in_a_room() -> None:
    """The list of public names points only at rooms."""
    assert set(yjopt._HOME.values()) <= set(ROOMS)
