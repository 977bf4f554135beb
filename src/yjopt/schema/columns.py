"""What a table, a column and a setting are: the vocabulary in which the schema is written as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

ColumnType = Literal["id", "text", "choice", "flag", "integer", "decimal"]


class _Required:
    """The default of a column that must be filled in."""

    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = _Required()

#: Largest quantity any table may hold: sums over a nation then stay exact in 64 bits and in a solver's floats.
LARGEST: Final = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        Header of the column.
    type : {"id", "text", "choice", "flag", "integer", "decimal"}
        Ids are text kept as written; flags are ``true`` or ``false``.
    meaning, meaning_zh : str
        One sentence in English and in Chinese.
    unit : str
        Unit of a number.
    per_unit : int
        Quanta in one unit (definition 14): minutes have 60, money 100, weights 1,000. A value off this grid is refused.
    minimum, maximum : float
        Closed range of a number, in units.
    default : object
        ``REQUIRED``; ``None`` when a blank means "none"; otherwise what a blank stands for.
    key : bool
        Part of the key that makes a row unique.
    refers_to : str
        ``table.column`` in which the value must stand; several separated by ``|``.
    choices : tuple of str
        The allowed words of a choice.
    """

    name: str
    type: ColumnType
    meaning: str
    meaning_zh: str
    unit: str = ""
    per_unit: int = 1
    minimum: float = 0
    maximum: float = LARGEST
    default: object = REQUIRED
    key: bool = False
    refers_to: str = ""
    choices: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether the column holds numbers."""
        return self.type in ("integer", "decimal")

    @property
    def required(self) -> bool:
        """Whether a blank is refused."""
        return self.default is REQUIRED

    @property
    def dtype(self) -> str:
        """The pandas dtype of the column once read; numbers that may be blank are nullable."""
        blank = self.default is None
        names = {
            "integer": "Int64" if blank else "int64",
            "decimal": "Float64" if blank else "float64",
            "flag": "bool",
        }
        return names.get(self.type, "object")


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table: its columns in order, and what a row of it says."""

    name: str
    meaning: str
    meaning_zh: str
    columns: tuple[Column, ...]
    required: bool = False
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns."""
        return tuple(column.name for column in self.columns if column.key)

    def __getitem__(self, column: str) -> Column:
        return self.by_name[column]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One entry of ``scenario.toml``: its section, name, type and range."""

    section: str
    name: str
    type: Literal["text", "flag", "integer", "decimal", "choice"]
    meaning: str
    meaning_zh: str
    default: object
    unit: str = ""
    per_unit: int = 1
    minimum: float = 0
    maximum: float = LARGEST
    choices: tuple[str, ...] = ()


def identifier(
    name: str,
    meaning: str,
    meaning_zh: str,
    *,
    refers_to: str = "",
    key: bool = False,
    default: object = REQUIRED,
) -> Column:
    """An id: text kept as written, normalised to NFC."""
    return Column(
        name=name,
        type="id",
        meaning=meaning,
        meaning_zh=meaning_zh,
        refers_to=refers_to,
        key=key,
        default=default,
    )


def text(name: str, meaning: str, meaning_zh: str, *, default: object = "") -> Column:
    """Free text."""
    return Column(name=name, type="text", meaning=meaning, meaning_zh=meaning_zh, default=default)


def choice(
    name: str,
    choices: str | tuple[str, ...],
    meaning: str,
    meaning_zh: str,
    *,
    default: object = REQUIRED,
    key: bool = False,
) -> Column:
    """One of the given words (a tuple, or text separated by blanks)."""
    words = tuple(choices.split()) if isinstance(choices, str) else choices
    return Column(
        name=name,
        type="choice",
        meaning=meaning,
        meaning_zh=meaning_zh,
        choices=words,
        default=default,
        key=key,
    )


def flag(name: str, meaning: str, meaning_zh: str, *, default: object = False) -> Column:
    """``true`` or ``false``."""
    return Column(name=name, type="flag", meaning=meaning, meaning_zh=meaning_zh, default=default)


def integer(
    name: str,
    unit: str,
    meaning: str,
    meaning_zh: str,
    *,
    minimum: float = 0,
    maximum: float = LARGEST,
    default: object = REQUIRED,
    key: bool = False,
) -> Column:
    """A whole number."""
    return Column(
        name=name,
        type="integer",
        meaning=meaning,
        meaning_zh=meaning_zh,
        unit=unit,
        minimum=minimum,
        maximum=maximum,
        default=default,
        key=key,
    )


def decimal(
    name: str,
    unit: str,
    per_unit: int,
    meaning: str,
    meaning_zh: str,
    *,
    minimum: float = 0,
    maximum: float = LARGEST,
    default: object = REQUIRED,
    key: bool = False,
) -> Column:
    """A number on the grid of ``1 / per_unit``."""
    return Column(
        name=name,
        type="decimal",
        meaning=meaning,
        meaning_zh=meaning_zh,
        unit=unit,
        per_unit=per_unit,
        minimum=minimum,
        maximum=maximum,
        default=default,
        key=key,
    )


#: Every input table may say where a row's figures come from.
SOURCE: Final = text(
    "source", "Where the figures come from; 'made' for made-up ones.", "数据来源；made 表示假设"
)
