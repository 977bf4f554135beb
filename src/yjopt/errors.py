"""Every exception the library raises.

::

    YjoptError
    ├── ScenarioError   the tables are no scenario
    ├── FileError       a file or folder cannot be read or written
    ├── PlanError       a plan is asked for something it does not have
    ├── ModelError      arrays handed to the model builder are not a model
    └── EngineError     a solver is missing, broke down, or answered nonsense

A message is one sentence: who or what is wrong, where, and how to mend it.
"""

from __future__ import annotations


class YjoptError(Exception):
    """Base of every exception the library raises on purpose."""


class ScenarioError(YjoptError):
    """The tables are no scenario."""


class FileError(YjoptError):
    """A file or folder cannot be read or written."""


class PlanError(YjoptError):
    """A plan is asked for something it does not have."""


class ModelError(YjoptError):
    """Arrays handed to the model builder are not a model."""


class EngineError(YjoptError):
    """A solver is missing, broke down, or answered nonsense."""
