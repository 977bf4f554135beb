"""Archives that attack the reader, each refused as a whole; good ones, read in memory."""

from __future__ import annotations

import io
import stat
import struct
import time
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yjopt.files import read_tables
from yjopt.files.collector import Collector
from yjopt.files.zip_file import format_zip, read_members

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOOD = {"areas.csv": b"area,level,parent,name,source\nC,city,,,\n", "scenario.toml": b"periods = 1\n"}


def archive(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive as any program would write it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return stream.getvalue()


def with_member(name: str, content: bytes = b"x", mode: int = 0) -> bytes:
    """Return an archive with one more member."""
    stream = io.BytesIO(archive(GOOD))
    with zipfile.ZipFile(stream, "a") as made:
        info = zipfile.ZipInfo("placeholder")
        info.filename = name  # not mended, as zipfile would do with a name it is given
        info.external_attr = mode << 16
        made.writestr(info, content)
    return stream.getvalue()


def bomb() -> bytes:
    """200 MB of nothing in some 200 kB."""
    return archive({**GOOD, "places.csv": b"0" * 200_000_000})


def big_in_total() -> bytes:
    """Members that are small enough one by one, and say they unpack to more than 1 GB together."""
    data = bytearray(archive({**GOOD, "places.csv": bytes(range(256)) * 100, "roads.csv": b"y" * 10}))
    return set_sizes(data, 600_000_000, packed=600_000_000)


def set_sizes(data: bytearray, size: int, packed: int | None = None) -> bytes:
    """Lie about the size of every member in the list at the end of an archive."""
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        if packed is not None:
            data[at + 20 : at + 24] = struct.pack("<I", packed)
        data[at + 24 : at + 28] = struct.pack("<I", size)
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def enciphered() -> bytes:
    data = bytearray(archive(GOOD))
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def twice() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate name"):
        return with_member("areas.csv", b"area\n")


def entries_without_end() -> bytes:
    """A list at the end that repeats one entry 50,000 times, each pointing at the same member."""
    data = archive({"areas.csv": GOOD["areas.csv"]})
    start = data.find(b"PK\x01\x02")
    end = data.find(b"PK\x05\x06")
    entries = data[start:end] * 50_000
    tail = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 50_000, 50_000, len(entries), start, 0)
    return data[:start] + entries + tail


CORPUS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a way up": (lambda: with_member("../../areas.csv"), "outside"),
    "an absolute path": (lambda: with_member("/areas.csv"), "outside"),
    "a way up with backslashes": (lambda: with_member("..\\areas.csv"), "outside"),
    "a drive": (lambda: with_member("C:areas.csv"), "outside"),
    "a name with a NUL": (lambda: with_member("areas.csv\0.png"), "outside"),
    "a link": (lambda: with_member("roads.csv", b"/etc/passwd", stat.S_IFLNK | 0o777), "link"),
    "a bomb": (bomb, "one part in 200"),
    "too much in all": (big_in_total, "1,000,000,000"),
    "too many members": (lambda: archive({f"{i}.csv": b"" for i in range(65)}), "more than 64"),
    "one entry 50,000 times": (entries_without_end, "more than 64"),
    "a member twice": (twice, "twice"),
    "an enciphered member": (enciphered, "enciphered"),
    "an unusual packing": (lambda: archive(GOOD, zipfile.ZIP_LZMA), "not read"),
    "a size that is a lie": (lambda: set_sizes(bytearray(archive(GOOD)), 7), "damaged"),
    "no archive": (lambda: b"PK\x03\x04 but nothing more", "damaged"),
}


@pytest.mark.parametrize("name", CORPUS)
def test_attacks_are_refused_as_a_whole(name: str, tmp_path: Path) -> None:
    """One finding says why; no table is read, nothing appears on the disk, and it takes no time."""
    make, word = CORPUS[name]
    path = tmp_path / "in" / "city.zip"
    path.parent.mkdir()
    path.write_bytes(make())
    started = time.process_time()
    raw = read_tables(path)
    assert time.process_time() - started < 1
    assert [finding.rule for finding in raw.findings] == ["refused_archive"]
    assert word in raw.findings[0].message
    assert not raw.frames and not raw.settings
    assert sorted(tmp_path.rglob("*")) == [path.parent, path]


@pytest.mark.parametrize("top", ["", "city/", "城市/"])
def test_a_good_archive(top: str, tmp_path: Path) -> None:
    """The files may lie in one folder; what a system adds is passed over; other files are not read."""
    path = tmp_path / "city.zip"
    content = {top + name: data for name, data in GOOD.items()}
    path.write_bytes(
        archive({**content, "__MACOSX/._areas.csv": b"x", f"{top}notes.md": b"x", f"{top}sub/": b""})
    )
    raw = read_tables(path)
    assert not raw.findings
    assert raw.frames["areas"]["area"].tolist() == ["C"]
    assert raw.settings == {"periods": 1}
    assert raw.files["areas"] == "city.zip/areas.csv"


def test_the_same_files_give_the_same_bytes() -> None:
    """No date of today gets in."""
    assert format_zip(GOOD) == format_zip(dict(GOOD))


@given(st.binary(max_size=60), st.integers(0, 600), st.integers(0, 60))
def test_any_bytes_end_in_findings_or_a_read(data: bytes, place: int, length: int) -> None:
    """No bytes raise, alone or in the place of some of a good archive."""
    good = archive(GOOD)
    for mutated in (data, good[:place] + data + good[place + length :]):
        collector = Collector()
        contents, _ = read_members(mutated, GOOD.__contains__, "city.zip", collector)
        assert contents or collector.result() or zipfile.ZipFile(io.BytesIO(mutated))
