"""Path to tables and back: a folder of CSV, one JSON file, a zip of it, an Excel workbook; plan folders.

Nothing here knows what a cell means; that is for the checks. What is wrong with a file (letters, quotes, rows
of unequal length, archives that do harm) becomes findings with file and line.
"""

from __future__ import annotations

from yjopt.files.plan_folder import read_plan_folder, write_plan_folder
from yjopt.files.raw import RawTables, raw_from_frames
from yjopt.files.tables import read_tables, write_tables
from yjopt.files.templates import write_templates

__all__ = [
    "RawTables",
    "raw_from_frames",
    "read_plan_folder",
    "read_tables",
    "write_plan_folder",
    "write_tables",
    "write_templates",
]
