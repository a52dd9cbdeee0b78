"""The library's errors in Python: the same codes, the same sentences.

``web/src/errors.ts`` is where they are written; a test holds these equal to it.
"""

from typing import Literal

PictureCode = Literal[
    "empty-input",
    "unsupported-format",
    "corrupt-image",
    "truncated-image",
    "image-too-large",
    "out-of-memory",
    "invalid-argument",
    "non-finite-scores",
    "unsupported-input",
    "unreadable-input",
    "needs-decoder",
    "inference-failed",
]

SENTENCES: dict[PictureCode, tuple[str, str]] = {
    "empty-input": (
        "这个文件是空的，请换一张照片。",
        "The file is empty; choose another photo.",
    ),
    "unsupported-format": (
        "这不像是一张图片，请换成 JPEG、PNG、WebP、GIF 或 BMP。",
        "This is not an image format that can be read here; use JPEG, PNG, WebP, GIF or BMP.",
    ),
    "corrupt-image": (
        "图片已损坏，读不出来，请重新导出或换一张。",
        "The image is damaged and cannot be decoded; export it again or choose another.",
    ),
    "truncated-image": (
        "图片不完整，可能没有下载完，请重新下载后再试。",
        "The image ends too early, as after a broken download; fetch it again.",
    ),
    "image-too-large": (
        "图片尺寸太大，请先缩小再试。",
        "The image has too many pixels; make it smaller first.",
    ),
    "out-of-memory": (
        "内存不够用了，请关掉一些标签页，或换一张小一点的图片。",
        "There is not enough memory; close some tabs or use a smaller image.",
    ),
    "invalid-argument": (
        "调用参数不对，请对照文档检查。",
        "An argument is out of range; check it against the documentation.",
    ),
    "non-finite-scores": (
        "模型给出了无效的数值，请换一个模型文件。",
        "The model returned NaN or infinite values; use another model file.",
    ),
    "unsupported-input": (
        "不支持这种输入，请传入图片文件、画布或像素数据。",
        "This kind of input is not supported; pass an image file, a canvas or pixels.",
    ),
    "unreadable-input": (
        "读不到这张图片的内容，请确认它仍然存在，并且允许本页读取。",
        "The image cannot be read; make sure that it still exists and that this page may read it.",
    ),
    "needs-decoder": (
        "这里还打不开这种格式（如 HEIC），请先转成 JPEG，或按文档装上解码器。",
        "This format, such as HEIC, cannot be read here; convert it to JPEG, or add the decoder "
        "that the documentation names.",
    ),
    "inference-failed": (
        "模型运行出错，请重试；若仍不行，请换一个模型。",
        "The model failed to run; try again or use another model.",
    ),
}


class PictureError(Exception):
    """Why there is no answer for one picture, as the library's ``ShiwuError`` says it.

    ``code`` is for programs, ``zh`` and ``en`` say what to do, ``detail`` what exactly was found.
    """

    def __init__(self, code: PictureCode, detail: str = "") -> None:
        super().__init__(code, detail)  # what pickling gives to the other side
        self.code: PictureCode = code
        self.detail = detail
        self.zh, self.en = SENTENCES[code]

    def __str__(self) -> str:
        return f"{self.zh} {self.en}" + (f" ({self.detail})" if self.detail else "")

    def plain(self) -> dict[str, str]:
        """As JSON types, as ``npx shiwu --json`` prints it."""
        return {"code": self.code, "zh": self.zh, "en": self.en, "detail": self.detail}
