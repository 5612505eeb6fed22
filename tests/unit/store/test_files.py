"""Writing and reading files: the old one or the new one, whole; refusals without a path in them."""

import errno
import os

import pytest

from ctcase.errors import CtcaseError, EnvironmentFailed
from ctcase.store import files
from tests.office_world import code_of, refused


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def test_a_file_is_replaced_whole_and_private(tmp_path):
    target = tmp_path / "file"
    files.write_atomically(target, b"one")
    files.write_pieces(target, iter([b"two", b"", b"three"]))
    assert target.read_bytes() == b"twothree"
    assert target.stat().st_mode & 0o077 == 0
    assert names(tmp_path) == ["file"]


def test_what_fails_half_way_leaves_the_old_file(tmp_path):
    target = tmp_path / "file"
    files.write_atomically(target, b"old")

    def pieces():
        yield b"new"
        raise OSError(errno.ENOSPC, "full")

    assert code_of(files.write_pieces, target, pieces()) == "disk_full"
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_files_are_taken_back_when_what_follows_fails(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"before")

    def work():
        with files.taken_back() as write:
            write(old, b"one")
            write(old, b"two")
            write(new, b"three")
            assert (old.read_bytes(), new.read_bytes()) == (b"two", b"three")
            raise EnvironmentFailed("disk_full")

    assert code_of(work) == "disk_full"
    assert old.read_bytes() == b"before"
    assert names(tmp_path) == ["old"]


def test_files_stay_when_what_follows_succeeds(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"before")
    with files.taken_back() as write:
        write(old, b"one")
        write(new, b"two")
    assert (old.read_bytes(), new.read_bytes()) == (b"one", b"two")
    assert old.stat().st_mode & 0o077 == 0
    assert names(tmp_path) == ["new", "old"]


def failing(_):
    raise OSError(errno.EIO, "")


def test_what_cannot_be_written_leaves_what_was_there(tmp_path, monkeypatch):
    old, folder = tmp_path / "old", tmp_path / "folder"
    old.write_bytes(b"before")
    (folder / "kept").mkdir(parents=True)
    with files.taken_back() as write:
        assert code_of(write, folder, b"new") == "permission"
        assert code_of(write, tmp_path / "no" / "file", b"new") == "file_missing"
        with monkeypatch.context() as broken:
            broken.setattr(files, "sync_folder", failing)
            assert code_of(write, old, b"new") == "disk_full"
    assert old.read_bytes() == b"before"
    assert names(tmp_path) == ["folder", "old"]
    assert names(folder) == ["kept"]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk_full"), (errno.EDQUOT, "disk_full"), (errno.EFBIG, "disk_full"),
        (errno.EROFS, "read_only"), (errno.EACCES, "permission"), (errno.EISDIR, "permission"),
        (errno.ENOENT, "file_missing"), (errno.ENODEV, "file_missing"), (4711, "permission"),
    ],
)  # fmt: skip
def test_errors_of_the_system_become_ours_without_a_path(number, code):
    with pytest.raises(EnvironmentFailed) as caught, files.translated():
        raise OSError(number, "Zeynep", "/home/Zeynep/file")
    assert (caught.value.code, caught.value.details) == (code, {})
    assert caught.value.__suppress_context__


def test_a_missing_folder_or_file_is_said_so(tmp_path):
    assert code_of(files.write_atomically, tmp_path / "no" / "file", b"") == "file_missing"
    assert code_of(files.read_bounded, tmp_path / "no", 10) == "file_missing"


def test_only_regular_files_of_a_bounded_size_are_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b"x" * 11)
    (tmp_path / "fits").write_bytes(b"x" * 10)
    (tmp_path / "link").symlink_to(tmp_path / "fits")
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    assert code_of(files.read_bounded, tmp_path / "pipe", 10) == "file_not_understood"
    assert code_of(files.read_bounded, tmp_path, 10) == "file_not_understood"
    assert code_of(files.read_bounded, tmp_path / "large", 10) == "limit_exceeded"
    assert code_of(files.read_bounded, tmp_path / "sparse", 10) == "limit_exceeded"
    assert code_of(files.read_bounded, "/dev/zero", 10) == "file_not_understood"
    assert files.read_bounded(tmp_path / "fits", 10) == files.read_bounded(tmp_path / "link", 10) == b"x" * 10


def test_a_name_that_is_too_long_is_refused_without_being_said(tmp_path):
    refusal = refused(files.write_atomically, tmp_path / ("Zeynep" * 100), b"")
    assert isinstance(refusal, CtcaseError)
    assert "Zeynep" not in repr(refusal.details)
