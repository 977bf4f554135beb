"""A folder as a zip archive, read in memory and never unpacked.

An archive may come from anywhere. It is refused as a whole, before anything of it is used, if a member could
reach outside the folder, is a link, stands twice, is enciphered, or would grow beyond all measure.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
from typing import TYPE_CHECKING, Final

from yjopt.errors import FileError
from yjopt.files.publish import TOTAL_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from yjopt.files.collector import Collector

#: A scenario has far fewer files.
MEMBERS: Final = 64
#: No honest table is packed to less than one part in so many.
RATIO: Final = 200
#: Below this size a member may be packed as tightly as it likes.
SMALL: Final = 1_000_000
_ENTRY: Final = b"PK\x01\x02"
_CHUNK: Final = 1 << 20
# What a system packs along with a folder.
_PASSED_OVER: Final = re.compile(r"__MACOSX/|(.*/)?\.DS_Store$|(.*/)?Thumbs\.db$|(.*/)?desktop\.ini$")


def open_archive(data: bytes, members: int = MEMBERS) -> tuple[zipfile.ZipFile | None, str]:
    """Open an archive if nothing in it could do harm.

    Parameters
    ----------
    data : bytes
        The archive.
    members : int
        Most members it may have.

    Returns
    -------
    archive : ZipFile or None
        None if it is refused.
    reason : str
        Why it is refused, as the end of a sentence.
    """
    # Counted before zipfile builds an object for each of them.
    if data.count(_ENTRY) > 2 * members:
        return None, f"has more than {members} members"
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except Exception:  # zipfile raises many kinds of errors on damaged archives; all mean the same
        return None, "is no zip archive, or is damaged"
    if len(infos) > members:
        return None, f"has more than {members} members"
    total = 0
    names: set[str] = set()
    for info in infos:
        reason = _unsafe(info)
        total += info.file_size
        if not reason and info.filename in names:
            reason = "stands in it twice"
        if not reason and total > TOTAL_BYTES:
            return None, f"would unpack to more than {TOTAL_BYTES:,} bytes"
        if reason:
            return None, f"is not safe: the member {info.filename[:60]!a} {reason}"
        names.add(info.filename)
    return archive, ""


def _unsafe(info: zipfile.ZipInfo) -> str:
    """Return what is wrong with a member, or an empty text."""
    # zipfile cuts a name at a NUL and mends separators; what was written is what counts.
    name = info.orig_filename
    parts = name.split("/")
    if "\\" in name or ":" in name or name.startswith("/") or ".." in parts or "\0" in name:
        return "points outside the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link"
    if info.flag_bits & 0x1:
        return "is enciphered"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in a way that is not read"
    if info.file_size > max(SMALL, RATIO * info.compress_size):
        return f"is packed to less than one part in {RATIO}"
    return ""


def read_members(
    data: bytes, is_wanted: Callable[[str], bool], file: str, collector: Collector
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Read the files of an archived folder.

    Parameters
    ----------
    data : bytes
        The archive. All its members may lie in one folder.
    is_wanted : callable
        Takes a name and says whether that file is read.
    file : str
        Its name for people.
    collector : Collector
        Takes findings up; a refused archive gives one and no files.

    Returns
    -------
    contents : dict of str to bytes
        The files asked for, by name.
    others : tuple of str
        Names of the rest.
    """
    archive, reason = open_archive(data)
    if archive is None:
        _refuse(reason, file, collector)
        return {}, ()
    infos = [
        info for info in archive.infolist() if not info.is_dir() and not _PASSED_OVER.match(info.filename)
    ]
    tops = {info.filename.partition("/")[0] for info in infos if "/" in info.filename}
    is_one_folder = len(tops) == 1 and all("/" in info.filename for info in infos)
    top = f"{tops.pop()}/" if is_one_folder else ""
    contents: dict[str, bytes] = {}
    others: list[str] = []
    total = 0
    for info in infos:
        name = info.filename.removeprefix(top)
        if not is_wanted(name):
            others.append(name)
            continue
        try:
            content = _read(archive, info, TOTAL_BYTES - total)
        except Exception:  # damaged members raise whatever the unpacking comes upon
            content = None
        if content is None:
            _refuse(f"is damaged: the member {name!r} cannot be unpacked", file, collector)
            return {}, ()
        total += len(content)
        contents[name] = content
    return dict(sorted(contents.items())), tuple(sorted(others))


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes | None:
    """Unpack one member, counting what really comes out; None if it is more than declared or allowed."""
    pieces: list[bytes] = []
    size = 0
    with archive.open(info) as stream:
        while piece := stream.read(_CHUNK):
            size += len(piece)
            if size > most or size > info.file_size:
                return None
            pieces.append(piece)
    return b"".join(pieces) if size == info.file_size else None


def _refuse(reason: str, file: str, collector: Collector) -> None:
    collector.add(
        "refused_archive",
        f"The archive {reason}; nothing of it was read.",
        "Zip the folder of the scenario anew, with nothing else in it.",
        file=file,
    )


def format_zip(files: Mapping[str, bytes]) -> bytes:
    """Return files as an archive; the same files give the same bytes."""
    stream = io.BytesIO()
    try:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                archive.writestr(info, content)
    except (ValueError, zipfile.LargeZipFile) as error:
        raise FileError(f"The archive cannot be written ({error}); write a folder instead.") from error
    return stream.getvalue()
