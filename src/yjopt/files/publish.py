"""
Files that appear whole or not at all, whatever happens while they are written.

A folder is written beside its place, brought to the disk, and put in place by renaming::

    .NAME.scrap-1f3a    being written, or being removed; nobody reads it
    .NAME.new           complete, about to take its place
    NAME                what readers read
    .NAME.previous      what stood there before, until the new one stands

A process may be killed between any two of these steps. A reader that finds no NAME takes ``.NAME.new``, which
is complete by then, or else ``.NAME.previous``; the next writer tidies up. A reader that is overtaken by a
writer notices that the folder has changed and reads again, so it never mixes two.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from yjopt.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

SCENARIO_MARKER: Final = "scenario.toml"
PLAN_MARKER: Final = "plan.json"
#: How a marker begins when yjopt made it. Only a folder with such a marker is ever replaced.
MARKS: Final[dict[str, bytes]] = {
    SCENARIO_MARKER: b"# yjopt scenario",
    PLAN_MARKER: b'{\n  "made_by": "yjopt"',
}
#: Most bytes read from one folder or archive.
TOTAL_BYTES: Final = 1_000_000_000

_ATTEMPTS: Final = 50
_PAUSE: Final = 0.002  # seconds between attempts to read a folder that is being replaced


@dataclass(frozen=True)
class Folder:
    """What was read of a folder at one moment.

    Parameters
    ----------
    contents : dict of str to bytes
        The files asked for, by name, sorted.
    others : tuple of str
        Names of everything else in it, sorted.
    source : Path
        The folder they came from: the one asked for, or one left by a writer that was killed.
    is_leftover : bool
        Whether it is one left by a writer.
    """

    contents: dict[str, bytes]
    others: tuple[str, ...]
    source: Path
    is_leftover: bool


def _beside(path: Path, word: str) -> Path:
    """Return the path beside a folder that a step of publishing uses."""
    return path.with_name(f".{path.name}.{word}")


def _scrap(path: Path) -> Path:
    """Return a free path beside a folder for what nobody reads."""
    return _beside(path, f"scrap-{secrets.token_hex(8)}")


def standing(path: Path) -> Path | None:
    """Return the folder to read for a path: itself, or what a killed writer left, or None."""
    if path.is_dir() or not path.name:  # the root of a disk has no name, and nothing beside it
        return path
    return next((kept for word in ("new", "previous") if (kept := _beside(path, word)).is_dir()), None)


def read_folder(path: Path, is_wanted: Callable[[str], bool]) -> Folder:
    """Read files of a folder, all of one moment.

    Parameters
    ----------
    path : Path
        The folder.
    is_wanted : callable
        Takes a name and says whether that file is read.

    Returns
    -------
    Folder
        Only plain files directly in it are read.

    Raises
    ------
    FileError
        If there is no such folder, it cannot be read, is too large, or never stands still.
    """
    try:
        place = Path(os.path.abspath(path))
    except OSError as error:
        raise FileError(
            f"{path} cannot be found from here ({error.strerror}); give its whole path."
        ) from error
    missing = 0
    for _ in range(_ATTEMPTS):
        source = standing(place)
        if source is None:
            missing += 1
            if missing > 3:
                raise FileError(f"{path} does not exist; check the path.")
            time.sleep(_PAUSE)
            continue
        try:
            before = _identity(source)
            folder = _read_once(source, is_wanted, is_leftover=source != place)
            if _identity(source) == before:
                if folder.is_leftover:
                    logging.getLogger("yjopt").warning(
                        "%s is missing; read %s, left by a writer that was ended", path, source
                    )
                return folder
        except FileNotFoundError:
            pass
        except OSError as error:
            raise FileError(f"{path} cannot be read ({error.strerror}); check its permissions.") from error
        time.sleep(_PAUSE)
    raise FileError(f"{path} keeps changing while it is read; try again when nobody writes to it.")


def _identity(path: Path) -> tuple[int, int, int]:
    """Return what tells a folder and its list of files from any other."""
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_mtime_ns


def _read_once(path: Path, is_wanted: Callable[[str], bool], *, is_leftover: bool) -> Folder:
    contents: dict[str, bytes] = {}
    others: list[str] = []
    total = 0
    for name in sorted(os.listdir(path)):
        file = path / name
        if not is_wanted(name) or not file.is_file():
            others.append(name)
            continue
        total += file.stat().st_size
        if total > TOTAL_BYTES:
            raise FileError(f"{path} holds more than {TOTAL_BYTES:,} bytes of tables; split the scenario.")
        contents[name] = file.read_bytes()
    return Folder(contents, tuple(others), path, is_leftover)


def publish_folder(
    path: Path,
    files: Mapping[str, bytes],
    marker: str,
    known: Collection[str] = (),
    *,
    may_replace: bool = True,
) -> None:
    """Put a folder in place, whole or not at all.

    Parameters
    ----------
    path : Path
        The folder; it may not exist yet, be empty, or be one of the same kind that yjopt made.
    files : mapping of str to bytes
        Contents by name; the marker is among them.
    marker : str
        The file by which a folder is known to be ours.
    known : collection of str
        Further names that a folder of ours may hold; they vanish with it.
    may_replace : bool
        Whether a folder of ours may be replaced.

    Raises
    ------
    FileError
        If the folder is not ours, or the disk refuses. What stood there before is untouched then.
    """
    path = Path(os.path.realpath(path))
    for name in files:
        if name != Path(name).name or name in ("", ".", "..") or "\\" in name or "\0" in name:
            raise FileError(f"{name!r} is no plain file name; give the file a name without folders.")
    names = {*files, *known}
    if not may_replace and standing(path) is not None and os.listdir(standing(path)):
        raise FileError(f"{path} is not empty; choose another folder.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        writing = _scrap(path)
        try:
            with contextlib.ExitStack() as holds:
                # Another writer who is just swapping would show us half a folder, and would take ours, not yet
                # held, for an abandoned one.
                with _held(path.parent):
                    refuse_foreign(path, marker, names)
                    writing.mkdir()
                    holds.enter_context(_held(writing))
                for name, content in files.items():
                    _write(writing / name, content)
                _to_disk(writing)
                with _held(path.parent):
                    _swap(path, writing, marker, names)
        except BaseException:
            shutil.rmtree(writing, ignore_errors=True)
            raise
    except OSError as error:
        raise FileError(
            f"{path} cannot be written ({error.strerror}); check the disk and its permissions."
        ) from error


def _swap(path: Path, writing: Path, marker: str, names: set[str]) -> None:
    """Let a complete folder take the place of another; the parent is held."""
    new, previous = _beside(path, "new"), _beside(path, "previous")
    for leftover in (new, previous):
        refuse_foreign(leftover, marker, names)
    # Finish what a killed writer began, so that from here on the path itself is what a reader sees.
    if not path.exists():
        for leftover in (new, previous):
            if leftover.exists():
                leftover.rename(path)
                break
    refuse_foreign(path, marker, names)
    for leftover in (new, previous):
        _discard(leftover, path)
    for scrap in _abandoned(path):
        shutil.rmtree(scrap, ignore_errors=True)
    writing.rename(new)
    if path.exists():
        path.rename(previous)
    new.rename(path)
    _to_disk(path.parent)
    _discard(previous, path)


def _discard(folder: Path, path: Path) -> None:
    """Remove a folder that is no longer needed; a half removed one must not pass for a whole."""
    if folder.exists():
        scrap = folder.rename(_scrap(path))
        shutil.rmtree(scrap, ignore_errors=True)


def _abandoned(path: Path) -> Iterator[Path]:
    """Yield what writers of this path left half written or half removed; a live writer holds its own."""
    for folder in path.parent.glob(f".{_escaped(path.name)}.scrap-*"):
        with _held(folder, wait=False) as is_free:
            if is_free:
                yield folder


def _escaped(name: str) -> str:
    """Return a name in which no character means anything to glob."""
    return "".join(f"[{mark}]" if mark in "*?[" else mark for mark in name)


def refuse_foreign(path: Path, marker: str, names: Collection[str]) -> None:
    """Raise unless a path is free, an empty folder, or a folder of which yjopt made everything.

    Raises
    ------
    FileError
        If something stands there that is not ours.
    """
    if not os.path.lexists(path):
        return
    if not path.is_dir():
        raise FileError(f"{path} is a file, not a folder; choose another name.")
    there = set(os.listdir(path))
    if not there:
        return
    begin = b""
    with contextlib.suppress(OSError):
        begin = (path / marker).read_bytes()
    if not begin.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").startswith(MARKS[marker]):
        raise FileError(
            f"{path} holds files but no {marker} that yjopt wrote; choose another folder or empty it."
        )
    foreign = sorted(there - {marker, *names, *_listed(begin)})
    if foreign:
        raise FileError(
            f"{path} holds {foreign[0]}, which yjopt did not write; move it away or choose another folder."
        )


def _listed(marker: bytes) -> set[str]:
    """Return the names of files that a plan's marker lists."""
    try:
        files = json.loads(marker)["files"]
        return set(files) if isinstance(files, dict) else set()
    except (ValueError, KeyError, TypeError, RecursionError):
        return set()


def publish_file(path: Path, content: bytes) -> None:
    """Put a file in place, whole or not at all.

    Raises
    ------
    FileError
        If the disk refuses. What stood there before is untouched then.
    """
    path = Path(os.path.realpath(path))
    if path.is_dir():
        raise FileError(f"{path} is a folder; choose another name.")
    writing = _scrap(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write(writing, content)
            writing.replace(path)
        except BaseException:
            writing.unlink(missing_ok=True)
            raise
        _to_disk(path.parent)
    except OSError as error:
        raise FileError(
            f"{path} cannot be written ({error.strerror}); check the disk and its permissions."
        ) from error


def _write(path: Path, content: bytes) -> None:
    """Write a new file down to the disk."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _to_disk(folder: Path) -> None:
    """Bring the list of files of a folder to the disk, where the system has a way to."""
    with contextlib.suppress(OSError, PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _held(folder: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold a folder against other writers; yields whether it is held.

    The hold ends with the process, however that ends. Where the system has no such locks, nothing is held,
    and it is up to the caller that no two write one folder at the same moment.
    """
    try:
        import fcntl
    except ImportError:  # pragma: no cover - Windows
        yield wait
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        yield False
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_held = True
        except OSError:
            is_held = wait  # a file system without locks
        yield is_held
    finally:
        os.close(handle)
