"""Manifest, labels and taxonomy into ``metadata_props``: one file is the whole model."""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from onnx import ModelProto

from shiwu_models import __version__
from shiwu_models.errors import ModelError
from shiwu_models.graph import classes
from shiwu_models.labels.tables import check_tables, parse_taxonomy, text_sha256
from shiwu_models.manifest import (
    LABELS_KEY,
    MANIFEST_KEY,
    TAXONOMY_KEY,
    Labels,
    Manifest,
    check_schema,
    parse_manifest,
)

DESCRIPTION_KEY = "description"
# The texts as files, for ``unpack``; ``pack`` takes the same names back.
MANIFEST_FILE = "manifest.json"
LABELS_FILE = "labels.tsv"
TAXONOMY_FILE = "taxonomy.tsv"


@dataclass(frozen=True)
class Packed:
    """What a packed file carries besides its graph."""

    manifest: Manifest
    labels: str  # the tables' text
    taxonomy: str


def pack(model: ModelProto, manifest: Manifest, labels: str, taxonomy: str) -> ModelProto:
    """A copy of ``model`` with everything in its ``metadata_props``; the graph is untouched.

    ``labels`` and ``taxonomy`` are the tables' text (taxonomy may be empty). Raises ModelError
    ``label-count`` or ``invalid-labels`` when a table does not fit or is wrong,
    ``invalid-manifest`` when the manifest breaks the JSON Schema, or names what the graph lacks or
    another labels text.
    """
    check_schema(manifest.plain())
    check_tables(labels, taxonomy, classes(model, manifest.outputs.logits))
    _check_names(model, manifest)
    if manifest.labels.sha256 != text_sha256(labels):
        raise ModelError(
            "invalid-manifest",
            zh="清单里的标签摘要与标签表不符；请用 with_labels 更新清单。",
            en="The manifest's labels digest is of another table; renew it with with_labels.",
        )
    packed = ModelProto()
    packed.CopyFrom(model)
    packed.producer_name = "shiwu-models"
    packed.producer_version = __version__
    del packed.metadata_props[:]
    name = manifest.name
    entries = {
        DESCRIPTION_KEY: f"{name.zh} · {name.en}. License: {manifest.license}.",
        MANIFEST_KEY: manifest.compact(),
        LABELS_KEY: labels,
        TAXONOMY_KEY: taxonomy,
    }
    for key, value in entries.items():
        if value:
            packed.metadata_props.add(key=key, value=value)
    return packed


def unpack(model: ModelProto) -> Packed:
    """What ``pack`` put in. Raises ModelError ``invalid-manifest`` when there is no manifest."""
    entries = {entry.key: entry.value for entry in model.metadata_props}
    if MANIFEST_KEY not in entries:
        raise ModelError(
            "invalid-manifest",
            zh="这个 .onnx 里没有 shiwu.manifest：请先用 shiwu-models pack 打包。",
            en="This .onnx has no shiwu.manifest: pack it first with shiwu-models pack.",
        )
    manifest = parse_manifest(entries[MANIFEST_KEY])
    return Packed(manifest, entries.get(LABELS_KEY, ""), entries.get(TAXONOMY_KEY, ""))


def write_texts(packed: Packed, folder: Path) -> list[Path]:
    """manifest.json, labels.tsv and, if there is one, taxonomy.tsv; the paths written.

    Packing them into the same model again gives the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        MANIFEST_FILE: packed.manifest.pretty(),
        LABELS_FILE: packed.labels,
        TAXONOMY_FILE: packed.taxonomy,
    }
    written = []
    for name, text in contents.items():
        if text:
            (folder / name).write_bytes(text.encode())  # as packed: no line ends translated
            written.append(folder / name)
    return written


def with_labels(manifest: Manifest, labels: str) -> Manifest:
    """The manifest for another labels table: its count and digest."""
    return manifest.model_copy(update={"labels": Labels.of(labels)})


def tools(*distributions: str) -> dict[str, str]:
    """Name → version of this package and of the installed distributions given."""
    return {"shiwu-models": __version__} | {name: version(name) for name in distributions}


def category_count(taxonomy: str) -> int:
    """Number of categories in a taxonomy table; 0 for an empty text."""
    return len(parse_taxonomy(taxonomy)) if taxonomy else 0


def _check_names(model: ModelProto, manifest: Manifest) -> None:
    outputs = manifest.outputs
    head = manifest.head
    graph = model.graph
    stored = [tensor.name for tensor in graph.initializer]
    wanted = [
        (manifest.input.name, [value.name for value in graph.input]),
        (outputs.logits, [value.name for value in graph.output]),
        (outputs.features, [value.name for value in graph.output]),
        (outputs.feature_map, [value.name for value in graph.output]),
        *((name, stored) for name in ((head.weight, head.scale, head.bias) if head else ())),
    ]
    for name, present in wanted:
        if name is not None and name not in present:
            more = " …" if len(present) > 8 else ""
            raise ModelError(
                "invalid-manifest",
                zh=f"清单写着 {name}，模型里却没有；有的是：{'、'.join(present[:8])}{more}。"
                "请改清单里的名字，或把那一项删掉，由 pack 自己去找。",
                en=f"The manifest names {name}; the graph has {', '.join(present[:8])}{more}. Name "
                "one of these in the manifest, or leave the field out for pack to find.",
            )
