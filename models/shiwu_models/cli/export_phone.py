"""``export --to litert`` and ``--to coreml``."""

from pathlib import Path

from shiwu_models.cli.common import console
from shiwu_models.errors import ModelError
from shiwu_models.extras import extra


def export_phone(
    source: str,
    output: Path,
    to: str,
    model: Path | None,
    photos: Path | None,
    *,
    factory: str | None,
    arguments: list[str],
    weights: Path | None,
    allow_pickle: bool,
    evaluate: bool,
) -> None:
    """Writes ``output`` and says what was proved. Raises ModelError."""
    if model is None:
        raise ModelError(
            "input-mismatch",
            zh="给手机导出时要用 --model 给出打包过的 .onnx：标签和预处理取自它。",
            en="For a phone name the packed .onnx by --model: labels and preprocessing come from "
            "it.",
        )
    with extra("mobile"):  # before anything that takes long
        if to == "litert":
            from shiwu_models.mobile.litert import to_litert
        else:
            from shiwu_models.mobile.coreml import to_coreml
    from shiwu_models.export.sources import open_source, parse_arguments
    from shiwu_models.mobile.network import for_phone
    from shiwu_models.verify.opening import photos_at

    opened = open_source(
        source,
        factory=factory,
        arguments=parse_arguments(arguments),
        weights=weights,
        allow_pickle=allow_pickle,
    )
    phone = for_phone(opened, model, evaluate=evaluate)
    if to == "litert":
        found = to_litert(phone, output, photos_at(photos, None) if photos else [])
        said = (
            f"LiteRT = ONNX Runtime: top-5 {found.same_top}/{found.pictures}，"
            f"max |Δ| 概率 {found.largest:.1e}"
        )
    else:
        count = to_coreml(phone, output)
        said = (
            f"{count} 个权重与 .onnx 相同 weights equal the .onnx's；标签和预处理已写入 labels and "
            "preprocessing are in it。运行要在 Mac 或 iPhone 上，这里没有运行。Running it takes a "
            "Mac or an iPhone: it was not run here."
        )
    console.print(f"{output}: {said}", markup=False, soft_wrap=True)
