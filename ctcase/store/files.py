"""Writing and reading files: one way for all, so that a file is either the old one or the new one, whole."""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ctcase.errors import EnvironmentFailed, Refused

_CODES = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EFBIG: "disk_full",
    errno.EROFS: "read_only",
    errno.EACCES: "permission",
    errno.EPERM: "permission",
    errno.EEXIST: "permission",
    errno.EISDIR: "permission",
    errno.ENOTDIR: "permission",
    errno.ENOTEMPTY: "permission",
    errno.ENOENT: "file_missing",
    errno.ENODEV: "file_missing",
    errno.EIO: "disk_full",
}


@contextmanager
def translated() -> Iterator[None]:
    """Turns the errors of the operating system into ours; no path goes into them."""
    try:
        yield
    except OSError as problem:
        code = _CODES.get(problem.errno or 0, "permission")
        raise EnvironmentFailed(code) from None


def write_atomically(path: Path, data: bytes) -> None:
    """Beside it, private, flushed, synced, renamed, the folder synced: a crash leaves the old file or the new one."""
    write_pieces(path, (data,))


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """`write_atomically` for what is too large to hold in memory."""
    with translated(), _written_beside(path, pieces) as beside:
        beside.replace(path)
        sync_folder(path.parent)


@contextmanager
def taken_back() -> Iterator[Callable[[Path, bytes], None]]:
    """Gives a `write_atomically` for files that need what is saved after them: an exception takes them back.

    The transaction that says in the case who holds a copy goes inside this block. What had the name of such a file is
    kept beside it meanwhile, and is there again after an exception. After a power cut, or if the medium was pulled out,
    between the file and the end of the transaction, the file is there and the transaction is not.
    """
    written: list[tuple[Path, Path | None]] = []

    def write(path: Path, data: bytes) -> None:
        with translated(), _written_beside(path, (data,)) as beside:
            before = _moved_aside(path)
            try:
                beside.replace(path)
                sync_folder(path.parent)
            except BaseException:
                _put_back(path, before)
                raise
            written.append((path, before))

    try:
        yield write
    except BaseException:
        for path, before in reversed(written):
            _put_back(path, before)
        raise
    for _, before in written:
        if before is not None:
            with contextlib.suppress(OSError):
                before.unlink()


def _moved_aside(path: Path) -> Path | None:
    """Where the file that had this name is now; None if there was none."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "")
    aside = _hidden(path)
    try:
        path.rename(aside)
    except FileNotFoundError:
        return None
    return aside


def _put_back(path: Path, before: Path | None) -> None:
    with contextlib.suppress(OSError):  # why it is put back is what people are told
        if before is None:
            path.unlink()
        else:
            before.replace(path)
        sync_folder(path.parent)


@contextmanager
def _written_beside(path: Path, pieces: Iterable[bytes]) -> Iterator[Path]:
    """A private file in the same folder, whole and synced, to be renamed; removed if that fails."""
    beside = _hidden(path)
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        yield beside
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def _hidden(path: Path) -> Path:
    """A free name in the same folder."""
    return path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}")


def sync_folder(folder: Path) -> None:
    """Makes renames in a folder durable where the system has that notion."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def opened(path: Path, largest: int) -> Iterator[BinaryIO]:
    """A regular file for reading; anything else, or a larger one, is refused before it is read."""
    with translated():
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            raise Refused("file_not_understood", reason="not_a_file")
        with os.fdopen(descriptor, "rb") as file:
            if status.st_size > largest:
                raise Refused("limit_exceeded", what="file")
            yield file


def read_bounded(path: Path, largest: int) -> bytes:
    """The bytes of a regular file, read once; anything else, or a larger one, is refused before it is read."""
    with opened(path, largest) as file:
        try:
            data = file.read(largest + 1)
        except OSError as problem:
            if problem.errno != errno.EIO:
                raise
            raise EnvironmentFailed("file_missing", what="medium") from None
    if len(data) > largest:
        raise Refused("limit_exceeded", what="file")
    return data


def is_read_only(folder: Path) -> bool:
    """Whether the medium that a folder lies on takes no writes, where the system can say so."""
    if not hasattr(os, "statvfs"):
        return False
    try:
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except OSError:
        return False
