"""Addresses to bytes: files anywhere that fsspec reads, and members of ZIP and TAR files.

``zip://cat.jpg::s3://bucket/shard-0.zip`` is the picture cat.jpg in that file, as fsspec writes it.
"""

import tarfile
import zipfile
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from threading import Lock
from typing import Any

from shiwu_models.errors import ModelError
from shiwu_models.library_errors import PictureError

MAX_BYTES = 1 << 28  # of one file; a photo of 200 megapixels has less
AHEAD = 8  # files under way while the network runs
OPEN_ARCHIVES = 4

BY_ARROW = {"s3": "S3FileSystem", "gs": "GcsFileSystem"}
ARCHIVES = {".zip": "zip", ".tar": "tar", ".tar.gz": "tar", ".tgz": "tar", ".tar.bz2": "tar"}


def file_system(address: str) -> tuple[Any, str]:
    """The fsspec file system of an address, and the path in it.

    ``s3://`` and ``gs://`` are read by Arrow where fsspec's own packages are missing. Raises
    ModelError ``no-photos`` for an address that nothing here reads.
    """
    import fsspec

    try:
        found: tuple[Any, str] = fsspec.core.url_to_fs(address)
        return found
    except ImportError as error:
        scheme, _, path = address.partition("://")
        if scheme not in BY_ARROW:
            raise _unknown(address, error) from error
        return _by_arrow(scheme), path
    except ValueError as error:
        raise _unknown(address, error) from error


@lru_cache
def _by_arrow(scheme: str) -> Any:  # noqa: ANN401 (neither has types)
    """Access, region and endpoint come from the environment, as for the stores' own tools."""
    from fsspec.implementations.arrow import ArrowFSWrapper
    from pyarrow import fs

    return ArrowFSWrapper(getattr(fs, BY_ARROW[scheme])())


def _unknown(address: str, error: Exception) -> ModelError:
    return ModelError(
        "no-photos",
        zh=f"不认识这种地址 {address}：{error}。请检查写法，或安装它的 fsspec 包。",
        en=f"Nothing here reads the address {address}: {error}. Check it, or install its package "
        "for fsspec.",
    )


def archive_kind(address: str) -> str | None:
    """``zip`` or ``tar`` by the name, or None."""
    lower = address.lower()
    return next((kind for end, kind in ARCHIVES.items() if lower.endswith(end)), None)


class Archive:
    """One ZIP or TAR file, open."""

    def __init__(self, kind: str, address: str) -> None:
        """Raises OSError, zipfile.BadZipFile or tarfile.TarError."""
        system, path = file_system(address)
        self._file = system.open(path, "rb")
        self._zip = zipfile.ZipFile(self._file) if kind == "zip" else None
        self._tar = None if kind == "zip" else tarfile.open(fileobj=self._file, mode="r:*")  # noqa: SIM115

    def members(self) -> Iterator[str]:
        """Names of the files in it, in their order."""
        if self._zip is not None:
            yield from (info.filename for info in self._zip.infolist() if not info.is_dir())
        elif self._tar is not None:
            yield from (info.name for info in self._tar if info.isfile())

    def read(self, name: str) -> bytes:
        """Raises KeyError for a name that is not there, PictureError for one too large."""
        if self._zip is not None:
            _check_bytes(self._zip.getinfo(name).file_size)
            return self._zip.read(name)
        assert self._tar is not None
        info = self._tar.getmember(name)
        _check_bytes(info.size)
        file = self._tar.extractfile(info)
        return b"" if file is None else file.read()

    def close(self) -> None:
        """Of the file too."""
        for each in (self._zip, self._tar, self._file):
            if each is not None:
                each.close()


class Reader:
    """Reads addresses, a few at a time ahead of who takes them."""

    def __init__(self) -> None:
        """Archives stay open, the last few of them."""
        self._archives: OrderedDict[str, Archive] = OrderedDict()
        self._lock = Lock()  # of all archives: neither zipfile nor tarfile bears two threads

    def read_all(self, addresses: Iterable[str]) -> Iterator[bytes | PictureError]:
        """In order; at most ``AHEAD`` files are in memory."""
        with ThreadPoolExecutor(AHEAD) as pool:
            ahead: deque[Future[bytes | PictureError]] = deque()
            for address in addresses:
                ahead.append(pool.submit(self.read, address))
                if len(ahead) == AHEAD:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()

    def read(self, address: str) -> bytes | PictureError:
        """A file's bytes, or why they cannot be had."""
        try:
            if "::" in address:
                return self._member(address)
            system, path = file_system(address)
            return _read(lambda: system.open(path, "rb"))
        except PictureError as error:
            return error
        except (FileNotFoundError, KeyError) as error:
            return PictureError("unreadable-input", f"not there: {error}")
        except Exception as error:  # each store and archive has errors of its own
            return PictureError("unreadable-input", " ".join(str(error).split())[:200])

    def _member(self, address: str) -> bytes:
        inner, _, outer = address.rpartition("::")
        kind, _, name = inner.partition("://")
        with self._lock:
            archive = self._archives.pop(outer, None) or Archive(kind, outer)
            self._archives[outer] = archive
            if len(self._archives) > OPEN_ARCHIVES:
                self._archives.popitem(last=False)[1].close()
            return archive.read(name)


def _read(open_file: Callable[[], Any]) -> bytes:
    with open_file() as file:
        data: bytes = file.read(MAX_BYTES + 1)
    _check_bytes(len(data))
    return data


def _check_bytes(size: int) -> None:
    if size > MAX_BYTES:
        raise PictureError("image-too-large", f"over {MAX_BYTES} bytes")
