"""推理对比：同一张图片，PyTorch、ONNX Runtime 和浏览器路径各认一遍。

    python 推理.py 图片.png [--model 模型.onnx] [--torch lite0]

The article's script form of ``shiwu-models verify``: the same picture through PyTorch, ONNX Runtime
and, where it is built, the browser's path; exit status 0 when the results agree.
"""

import argparse
import sys
from pathlib import Path

MODELS = Path(__file__).resolve().parent
if str(MODELS) not in sys.path:  # it also runs where the package is not installed
    sys.path.insert(0, str(MODELS))

from shiwu_models.cli.common import console  # noqa: E402 (after the path above)
from shiwu_models.cli.verify import print_photo, print_verdict, speak_utf8  # noqa: E402
from shiwu_models.errors import ModelError  # noqa: E402
from shiwu_models.verify.browser import check_ready  # noqa: E402
from shiwu_models.verify.opening import Wanted, opened, photos_at  # noqa: E402
from shiwu_models.verify.verify import Report  # noqa: E402


def main() -> int:
    """0: they agree; 1: they do not, or something is missing; 2: the command line is wrong."""
    speak_utf8()
    parser = argparse.ArgumentParser(description="同一张图片，几条路各认一遍，看结果是否一致。")
    parser.add_argument("image", type=Path, metavar="图片")
    parser.add_argument(
        "--model",
        type=Path,
        default=MODELS / "bundles" / "lite0" / "lite0.onnx",
        help="打包过的 .onnx",
    )
    parser.add_argument(
        "--torch", default="lite0", help="PyTorch 模型，写法同 shiwu-models export；默认 lite0"
    )
    asked = parser.parse_args()
    try:
        with_browser = _browser_is_built()
        wanted = Wanted(model=asked.model, torch=asked.torch, browser=with_browser)
        (photo,) = photos_at(asked.image, limit=1)
        with opened(wanted) as session:
            report = Report((session.verifier.photo(photo),), session.carried, session.rounded)
    except ModelError as error:
        console.print(f"{error.zh}\n{error.en}", markup=False, style="red")
        return 1
    print_photo(report.photos[0], console)
    print_verdict(report, console)
    return 0 if report.agree else 1


def _browser_is_built() -> bool:
    """Whether the third path can run; if not, say what is missing and go on with two."""
    try:
        check_ready()
    except ModelError as error:
        console.print(f"{error.zh}\n{error.en}\n", markup=False, style="dim")
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
