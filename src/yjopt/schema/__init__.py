"""Every table and setting as data: readers, checks, templates and the reference page are made from it."""

from __future__ import annotations

from typing import Final

from yjopt.schema.columns import LARGEST, REQUIRED, Column, Setting, Table
from yjopt.schema.settings import SETTINGS, TRAVEL_KINDS
from yjopt.schema.tables_command import (
    MODES,
    OPENS,
    POSITIONS,
    RESOURCES,
    RESPONSE_LEVELS,
    ROLES,
    SEVERITIES,
    TABLES_COMMAND,
)
from yjopt.schema.tables_in import LAYERS, LEVELS, SOURCE_KINDS, STOCK_KINDS, TABLES_IN
from yjopt.schema.tables_out import TABLES_OUT

#: Input tables by name.
INPUT: Final[dict[str, Table]] = {table.name: table for table in (*TABLES_IN, *TABLES_COMMAND)}
#: Plan tables by name.
OUTPUT: Final[dict[str, Table]] = {table.name: table for table in TABLES_OUT}

__all__ = [
    "INPUT",
    "LARGEST",
    "LAYERS",
    "LEVELS",
    "MODES",
    "OPENS",
    "OUTPUT",
    "POSITIONS",
    "REQUIRED",
    "RESOURCES",
    "RESPONSE_LEVELS",
    "ROLES",
    "SETTINGS",
    "SEVERITIES",
    "SOURCE_KINDS",
    "STOCK_KINDS",
    "TRAVEL_KINDS",
    "Column",
    "Setting",
    "Table",
]
