"""What was achieved, as text for ``generated.toml``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def achieved_text(achieved: Mapping[str, Any]) -> bytes:
    """The record of a made scenario as TOML; reading it gives an equal dict.

    Parameters
    ----------
    achieved : mapping
        Nested; leaves are texts, flags, numbers, and lists of texts.

    Returns
    -------
    bytes
        UTF-8, tables in the order given.
    """
    lines: list[str] = []
    _write(lines, (), achieved)
    return ("\n".join(lines).strip() + "\n").encode()


def _write(lines: list[str], path: tuple[str, ...], table: Mapping[str, Any]) -> None:
    leaves = {name: value for name, value in table.items() if not isinstance(value, Mapping)}
    if path and (leaves or not table):
        lines += ["", f"[{'.'.join(_key(part) for part in path)}]"]
    lines += [f"{_key(name)} = {_value(value)}" for name, value in leaves.items()]
    for name, value in table.items():
        if isinstance(value, Mapping):
            _write(lines, (*path, name), value)


def _key(name: str) -> str:
    plain = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if plain else _value(name)


def _value(value: Any) -> str:
    # TOML's strings, flags, numbers and lists are JSON's, except DEL and half surrogates, which no id holds.
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(part) for part in value) + "]"
    return json.dumps(value, ensure_ascii=False)
