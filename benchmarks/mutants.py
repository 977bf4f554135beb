"""How many planted faults the tests notice: ``python -m benchmarks.mutants --seed 1 --count 100 -o result.json``.

A mutant is one room of the package with one small change: a comparison turned, a number one larger, a sum made a
difference, a statement left out. The room's quick tests are run against each, on a copy of the tree; a mutant that
no test notices survives. Some survivors do the same as the original; they are listed and counted as survivors.
"""

from __future__ import annotations

import argparse
import ast
import copy
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.machine import describe

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
ROOMS: Final = ("auditing", "checks")
#: What a copy holds: whatever the tests read.
COPIED = ("src", "tests", "benchmarks", "docs", "examples", "pyproject.toml")
#: A mutant that takes so much longer than the original is noticed, too.
PATIENCE = 4.0

COMPARISONS: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
OPERATORS: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv,
    ast.Div: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
NAMES: Final = {"minimum": "maximum", "maximum": "minimum", "min": "max", "max": "min", "any": "all",
                "all": "any"}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: the file, the node's number in a walk over it, what is changed, its line and that line's text."""

    path: Path
    node: int
    change: str
    line: int
    text: str

    def source(self) -> str:
        """The file with the change."""
        tree = ast.parse(self.path.read_text(encoding="utf-8"))
        _apply(list(ast.walk(tree))[self.node], self.change)
        return ast.unparse(ast.fix_missing_locations(tree))


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of a file."""
    source = path.read_text(encoding="utf-8")
    lines, tree = source.splitlines(), ast.parse(source)
    left_out = {id(inner) for node in ast.walk(tree) for outer in _no_code(node) for inner in ast.walk(outer)}
    for number, node in enumerate(ast.walk(tree)):
        if id(node) not in left_out:
            for change in _changes(node):
                line = getattr(node, "lineno", 1)
                yield Mutant(path, number, change, line, lines[line - 1].strip())


def _no_code(node: ast.AST) -> list[ast.AST]:
    """What in a node is no code: types, imports, words of messages."""
    match node:
        case ast.JoinedStr() | ast.Raise() | ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return [node]
        case ast.AnnAssign() | ast.arg():
            return [node.annotation] if node.annotation else []
        case ast.FunctionDef():
            return [*node.decorator_list, *([node.returns] if node.returns else [])]
    return []


def _changes(node: ast.AST) -> tuple[str, ...]:
    """What may be changed in a node."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in COMPARISONS:
            return (f"{type(op).__name__} becomes {COMPARISONS[type(op)].__name__}",)
        case ast.BoolOp():
            return ("and becomes or" if isinstance(node.op, ast.And) else "or becomes and",)
        case ast.UnaryOp(op=ast.Not() | ast.Invert()):
            return ("negation dropped",)
        case ast.BinOp() if type(node.op) in OPERATORS:
            return (f"{type(node.op).__name__} becomes {OPERATORS[type(node.op)].__name__}",)
        case ast.Constant(value=bool()):
            return ("flag turned",)
        case ast.Constant(value=int() | float()):
            return ("one more", "one less")
        case ast.Attribute(attr=name) | ast.Name(id=name, ctx=ast.Load()) if name in NAMES:
            return (f"{name} becomes {NAMES[name]}",)
        case ast.If(test=ast.Call(func=ast.Name(id="len"))):
            # Always true it does the same: such a guard spares work on nothing.
            return ("condition never true",)
        case ast.If():
            return ("condition always true", "condition never true")
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()) | ast.AugAssign():
            return ("statement dropped",)
    return ()


def _apply(node: ast.AST, change: str) -> None:
    """Change a node where it stands."""
    match node:
        case ast.Compare():
            node.ops = [COMPARISONS[type(node.ops[0])]()]
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.UnaryOp():
            # Twice turned is not turned; a plain replacement would need the parent.
            node.operand = ast.UnaryOp(op=copy.copy(node.op), operand=node.operand)
        case ast.BinOp():
            node.op = OPERATORS[type(node.op)]()
        case ast.Constant():
            value: Any = node.value
            node.value = not value if change == "flag turned" else value + (1 if change == "one more" else -1)
        case ast.Attribute():
            node.attr = NAMES[node.attr]
        case ast.Name():
            node.id = NAMES[node.id]
        case ast.If():
            node.test = ast.Constant(value=change == "condition always true")
        case ast.Expr() | ast.AugAssign():
            node.__class__ = ast.Pass  # type: ignore[assignment]


def _pass(tree: Path, files: list[str], limit: float) -> bool:
    """Whether the tests pass, in time."""
    words = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *files]
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    quiet: dict[str, Any] = {"capture_output": True, "check": False, "timeout": limit}
    try:
        return subprocess.run(words, cwd=tree, env=environment, **quiet).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def measure(room: str, count: int, seed: int) -> dict[str, Any]:
    """Try so many mutants of a room, drawn without return."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        for name in COPIED:
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, tree / name)
        seconds = {}
        for path in (tree / "tests" / room).glob("test_*.py"):
            began = time.monotonic()
            if not _pass(tree, [str(path)], 3600.0):
                raise SystemExit(f"{path} does not pass before anything was changed.")
            seconds[str(path)] = time.monotonic() - began
        # The quickest tests first: most mutants need no others.
        files = sorted(seconds, key=seconds.__getitem__)
        every = [m for path in sorted((tree / "src/yjopt" / room).glob("*.py")) for m in mutants(path)]
        drawn = random.Random(seed).sample(every, min(count, len(every)))
        survivors = []
        for number, mutant in enumerate(drawn, start=1):
            original, where = mutant.path.read_text(encoding="utf-8"), f"{mutant.path.name}:{mutant.line}"
            mutant.path.write_text(mutant.source(), encoding="utf-8")
            survives = _pass(tree, files, PATIENCE * sum(seconds.values()) + 10)
            mutant.path.write_text(original, encoding="utf-8")
            print(
                f"{number}/{len(drawn)} {'SURVIVES' if survives else 'killed'} {where} {mutant.change}",
                flush=True,
            )
            if survives:
                survivors.append({"where": where, "change": mutant.change, "line": mutant.text})
    killed = len(drawn) - len(survivors)
    return {"mutants": len(every), "tried": len(drawn), "killed": killed, "survivors": survivors}


def main(words: list[str] | None = None) -> int:
    """Measure every room asked for; keep the result as JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.mutants", description="Which faults tests notice."
    )
    parser.add_argument("--room", choices=ROOMS, action="append", help="default: all of them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100, help="mutants of each room")
    parser.add_argument("-o", "--output", default="", help="file for the result")
    options = parser.parse_args(words)
    rooms = {room: measure(room, options.count, options.seed) for room in options.room or ROOMS}
    for room, found in rooms.items():
        print(f"{room}: {found['killed']} of {found['tried']} killed, {found['killed'] / found['tried']:.1%}")
    if options.output:
        result = {"benchmark": "mutants", "seed": options.seed, **describe(), "rooms": rooms}
        text = json.dumps(result, indent=2, ensure_ascii=False)
        Path(options.output).write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
