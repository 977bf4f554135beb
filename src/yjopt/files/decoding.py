"""Bytes to text, with what is wrong said once and the rest still read."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yjopt.files.collector import Collector


def decode(data: bytes, table: str, file: str, collector: Collector) -> str:
    """Return bytes as text without a byte order mark.

    What is not UTF-8, and NUL characters, become findings. A file that is plainly in another encoding is read
    in it, so that the other findings are about its content and not about its letters.

    Parameters
    ----------
    data : bytes
        The file.
    table, file : str
        Where findings point to.
    collector : Collector
        Takes findings up.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        collector.add(
            "encoding",
            "The file is in UTF-16.",
            "Save it as UTF-8 (in a spreadsheet: 'CSV UTF-8').",
            table=table,
            file=file,
            line=1,
        )
        return data.decode("utf-16", errors="replace").removeprefix("\ufeff").replace("\0", "")
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\0" in data:
        collector.add(
            "nul",
            "A NUL character stands here.",
            "Save the file anew as plain text.",
            table=table,
            file=file,
            line=line_at(data, data.find(b"\0")),
        )
        data = data.replace(b"\0", b"")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        start = error.start
    text, mend = data.decode("utf-8", errors="replace"), "Save the file as UTF-8."
    letters = sum(map(text.count, {mark for mark in set(text) if not mark.isascii()}))
    if text.count("\N{REPLACEMENT CHARACTER}") * 2 > letters:
        try:
            text = data.decode("gb18030")
            mend = "The bytes would be text in GB 18030 (GBK): save the file as UTF-8."
        except UnicodeDecodeError:
            pass
    collector.add(
        "encoding",
        "These bytes are not UTF-8.",
        mend,
        table=table,
        file=file,
        line=line_at(data, start),
        value=ascii(data[start : start + 8]),
    )
    return text


def line_at(data: bytes, offset: int) -> int:
    """Return the line on which a byte stands, from 1."""
    before = data[:offset]
    return before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1
