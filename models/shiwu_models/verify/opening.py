"""From what a user names (files, sources, functions) to a Verifier, and back out again."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from sys import path as search_path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto

from shiwu_models.errors import ModelError
from shiwu_models.graph import load_model, to_bytes
from shiwu_models.manifest import parse_manifest
from shiwu_models.pack import Packed, pack, unpack, with_labels
from shiwu_models.verify.browser import BrowserPath
from shiwu_models.verify.verify import Preprocess, Verifier

if TYPE_CHECKING:
    from shiwu_models.verify.torch_path import Against

# What Pillow reads and people keep photos in.
SUFFIXES = {".jpeg", ".jpg", ".png", ".webp", ".gif", ".bmp", ".avif"}


@dataclass(frozen=True)
class Wanted:
    """What to verify, as a user names it."""

    model: Path
    torch: str | None = None  # a source as `export` takes it; None leaves PyTorch out
    factory: str | None = None
    arguments: tuple[str, ...] = ()  # the factory's, name=value
    weights: Path | None = None
    evaluate: bool = False  # call model.eval() instead of refusing train mode
    against: "Against" = "carried"
    browser: bool = True
    own_preprocess: Preprocess | None = None
    manifest: Path | None = None  # instead of the model's own
    labels: Path | None = None


@dataclass(frozen=True)
class Opened:
    """A verifier, and what is worth telling of its paths."""

    verifier: Verifier
    packed: Packed
    carried: bool  # PyTorch has the file's rounded weights
    rounded: bool  # the file's weights are rounded


@contextmanager
def opened(wanted: Wanted) -> Iterator[Opened]:
    """Load every path; the browser's process ends with the block.

    Raises ModelError ``invalid-manifest`` for a model without one and as the paths do.
    """
    model, packed = _packed(wanted)
    with ExitStack() as stack:
        torch_path = browser = None
        if wanted.torch is not None:
            # torch takes seconds to import, and who leaves it out need not have it.
            from shiwu_models.export.sources import parse_arguments
            from shiwu_models.verify.torch_path import TorchPath

            torch_path = TorchPath(
                wanted.torch,
                model,
                packed.manifest,
                against=wanted.against,
                factory=wanted.factory,
                arguments=parse_arguments(list(wanted.arguments)),
                weights=wanted.weights,
                evaluate=wanted.evaluate,
            )
        if wanted.browser:
            file = wanted.model
            if wanted.manifest is not None:  # the browser's path reads it in the file alone
                folder = stack.enter_context(TemporaryDirectory(prefix="shiwu-"))
                file = Path(folder) / "packed.onnx"
                file.write_bytes(to_bytes(model))
            browser = stack.enter_context(BrowserPath(file))
        yield Opened(
            Verifier(
                model,
                packed,
                torch_path=torch_path,
                browser=browser,
                own_preprocess=wanted.own_preprocess,
            ),
            packed,
            carried=torch_path is not None and torch_path.carried,
            rounded=torch_path is not None and torch_path.rounded,
        )


def photos_at(path: Path, limit: int | None = None) -> list[Path]:
    """The picture itself, or a folder's pictures by name, the first ``limit`` of them.

    Raises ModelError ``no-photos``.
    """
    if path.is_dir():
        found = [file for file in sorted(path.iterdir()) if file.suffix.lower() in SUFFIXES]
    else:
        found = [path] if path.is_file() else []
    if not found:
        raise ModelError(
            "no-photos",
            zh=f"{path} 里没有图片：请给一张图片，或一个装有图片的文件夹"
            f"（{'、'.join(sorted(SUFFIXES))}）。",
            en=f"There is no picture at {path}: give a picture, or a folder of "
            f"{', '.join(sorted(SUFFIXES))}.",
        )
    return found[:limit]


def own_function(name: str) -> Preprocess:
    """``package.module:function`` (the current folder first): a path → [1, 3, H, W].

    Its answer may be a torch tensor or a NumPy array. Raises ModelError ``load-failed``.
    """
    module_name, _, attribute = name.partition(":")
    here = str(Path.cwd())
    if here not in search_path:
        search_path.insert(0, here)
    try:
        function = getattr(import_module(module_name), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise ModelError(
            "load-failed",
            zh=f"找不到 {name}：{error}。写法是 package.module:函数名，从当前文件夹找起。",
            en=f"Cannot find {name}: {error}. The form is package.module:function, "
            "looked for in the current folder first.",
        ) from error

    def preprocess(path: Path) -> NDArray[np.float32]:
        return np.asarray(function(path), dtype=np.float32)

    return preprocess


def saved_tensor(file: Path) -> Preprocess:
    """The tensor in a .npy file, for whatever picture. Raises ModelError ``load-failed``."""
    try:
        tensor = np.load(file, allow_pickle=False).astype(np.float32)
    except (OSError, ValueError) as error:
        raise ModelError(
            "load-failed",
            zh=f"读不出 {file.name}：{error}。它应是 numpy.save 写的 .npy。",
            en=f"Cannot read {file.name}: {error}. It should be a .npy written by numpy.save.",
        ) from error
    return lambda _: tensor


def _packed(wanted: Wanted) -> tuple[ModelProto, Packed]:
    model = load_model(wanted.model)
    if wanted.manifest is None:
        return model, unpack(model)
    if wanted.labels is None:
        raise ModelError(
            "invalid-manifest",
            zh="--manifest 要与 --labels 一起给：清单说明怎样处理图片，标签表给出各类的名称。",
            en="--manifest goes with --labels: one says how to treat pictures, the other names "
            "the classes.",
        )
    try:
        manifest_text = wanted.manifest.read_text(encoding="utf-8-sig")
        labels = wanted.labels.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(
            "unreadable-text",
            zh=f"读不出文件：{error}。清单和标签表都应是 UTF-8 文本。",
            en=f"Cannot read a file: {error}. The manifest and the labels must be UTF-8 text.",
        ) from error
    manifest = with_labels(parse_manifest(manifest_text), labels)
    return pack(model, manifest, labels, ""), Packed(manifest, labels, "")
