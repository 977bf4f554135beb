"""How findings speak: values shown so that a person sees them, and the close word that may be meant."""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHOWN = 60
# Comparing one word with thousands takes seconds; beyond this many only words that begin or end alike count.
FEW = 2_000


def written(cell: object) -> str:
    """Return a cell as text, whatever it is, at most some 200 characters of it.

    Examples
    --------
    >>> written(None), written(2.5), written("T1")
    ('', '2.5', 'T1')
    """
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell[:200]
    if isinstance(cell, int) and cell.bit_length() > 600:
        return f"a number of about {int(cell.bit_length() * 0.30103):,} digits"
    try:
        return str(cell)[:200]
    except Exception:  # an object of the caller's may fail in any way; the finding is to name it all the same
        return f"<{type(cell).__name__}>"


def shown(cell: object) -> str:
    """Return a value in quotes, short, with invisible characters spelt out.

    Examples
    --------
    >>> shown("T1\u200b")
    "'T1<U+200B>'"
    """
    text = written(cell)
    text = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    return f"'{''.join(c if c.isprintable() else f'<U+{ord(c):04X}>' for c in text)}'"


def figure(value: float) -> str:
    """Return a number with thousands separated and no useless decimals.

    Examples
    --------
    >>> figure(1200.0), figure(0.05)
    ('1,200', '0.05')
    """
    return f"{value:,.12g}"


def listed(names: Iterable[str], most: int = 4) -> str:
    """Return names as a list for a sentence; beyond ``most`` only their number is said.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    "'a', 'b' and 'c'"
    """
    all_names = list(names)
    first = [shown(name) for name in all_names[:most]]
    if len(all_names) > most:
        return f"{', '.join(first)} and {len(all_names) - most:,} more"
    return " and ".join(filter(None, [", ".join(first[:-1]), first[-1]])) if first else "none"


def folded(word: str) -> str:
    """Return a word without what the eye passes over: case, width, blanks, hyphens, leading zeros.

    Examples
    --------
    >>> folded("Ｔ-01") == folded("t 01")
    True
    """
    plain = unicodedata.normalize("NFKC", word).casefold()
    return "".join(c for c in plain if c.isalnum()).lstrip("0") or plain


class Guesser:
    """Finds the known word that a wrong one may stand for.

    Parameters
    ----------
    known : sequence of str
        The words that exist.

    Notes
    -----
    A file in which every row is wrong would ask thousands of times; after ``patience`` costly questions only
    words that differ in case, width, hyphens or leading zeros are guessed.
    """

    patience = 50

    def __init__(self, known: Sequence[str]) -> None:
        self.known = known
        self._answers: dict[str, str] = {}
        self._folded: dict[str, str] | None = None
        self._left = self.patience if len(known) <= FEW else self.patience // 4

    def guess(self, word: str) -> str:
        """Return the close word, or '' where none is close."""
        if word not in self._answers:
            self._answers[word] = self._look(word)
        return self._answers[word]

    def mend(self, word: str, otherwise: str) -> str:
        """Return the close word as a question with what to do otherwise, a sentence, or that sentence alone."""
        close = self.guess(word)
        if not close:
            return otherwise
        return f"Did you mean {shown(close)}? If not, {otherwise[:1].lower()}{otherwise[1:]}"

    def _look(self, word: str) -> str:
        if self._folded is None:
            self._folded = {folded(known): known for known in reversed(self.known)}
        near = self._folded.get(folded(word))
        if near is not None or not word or len(word) > 100:
            return near or ""
        if self._left <= 0:
            return ""
        self._left -= 1
        pool = self.known
        if len(pool) > FEW:
            pool = [known for known in pool if known[:2] == word[:2] or known[-2:] == word[-2:]][:FEW]
        return next(iter(get_close_matches(word, pool, n=1, cutoff=0.6)), "")
