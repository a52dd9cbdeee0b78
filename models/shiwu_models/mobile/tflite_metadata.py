"""TFLite Metadata: what a .tflite says of its input, its output and its labels.

Written with the schema's own classes, as TensorFlow Lite's documentation describes the format: a
flatbuffer ``ModelMetadata`` in a buffer of the model's, and files in a ZIP behind the model.
(MediaPipe 1.2 ships a writer too, which imports a module that its wheel leaves out.)
"""

import io
import zipfile

import flatbuffers
from mediapipe.tasks.metadata import metadata_schema_py_generated as schema
from mediapipe.tasks.metadata import schema_py_generated as tflite

_ENTRY = b"TFLITE_METADATA"
_PARSER = "1.0.0"  # the oldest one that knows all that is written here
LABELS, LABELS_EN = "labels.txt", "labels_en.txt"


def with_metadata(
    data: bytes,
    *,
    name: str,
    description: str,
    version: str,
    author: str,
    licence: str,
    mean: list[float],
    std: list[float],
    labels: list[str],
    labels_en: list[str],
    files: dict[str, str],
) -> bytes:
    """A .tflite of one picture and one list of scores, described.

    ``mean`` and ``std`` are in levels of 0 to 255, R, G and B. ``labels`` are what MediaPipe gives
    as ``category_name``; ``labels_en`` are its ``display_name`` in the locale ``en``. ``files`` go
    along, by name.
    """
    picture = schema.TensorMetadataT(
        name="image",
        description="RGB, cropped and resized as manifest.json says",
        content=schema.ContentT(
            contentPropertiesType=schema.ContentProperties.ImageProperties,
            contentProperties=schema.ImagePropertiesT(colorSpace=schema.ColorSpaceType.RGB),
        ),
        processUnits=[
            schema.ProcessUnitT(
                optionsType=schema.ProcessUnitOptions.NormalizationOptions,
                options=schema.NormalizationOptionsT(mean=mean, std=std),
            )
        ],
    )
    scores = schema.TensorMetadataT(
        name="score",
        description="Probabilities of the labels",
        content=schema.ContentT(
            contentPropertiesType=schema.ContentProperties.FeatureProperties,
            contentProperties=schema.FeaturePropertiesT(),
        ),
        associatedFiles=[_labels(LABELS, None), _labels(LABELS_EN, "en")],
    )
    model = schema.ModelMetadataT(
        name=name,
        description=description,
        version=version,
        author=author,
        license=licence,
        minParserVersion=_PARSER,
        associatedFiles=[
            schema.AssociatedFileT(name=each, type=schema.AssociatedFileType.DESCRIPTIONS)
            for each in files
        ],
        subgraphMetadata=[
            schema.SubGraphMetadataT(inputTensorMetadata=[picture], outputTensorMetadata=[scores])
        ],
    )
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), b"M001")
    texts = {LABELS: "\n".join(labels), LABELS_EN: "\n".join(labels_en), **files}
    return _with_files(_with_buffer(data, bytes(builder.Output())), texts)


def _labels(name: str, locale: str | None) -> schema.AssociatedFileT:
    return schema.AssociatedFileT(
        name=name, locale=locale, type=schema.AssociatedFileType.TENSOR_AXIS_LABELS
    )


def _with_buffer(data: bytes, metadata: bytes) -> bytes:
    model = tflite.ModelT.InitFromObj(tflite.Model.GetRootAsModel(data, 0))
    entries = [each for each in model.metadata or [] if each.name != _ENTRY]
    entry, buffer = tflite.MetadataT(), tflite.BufferT()
    buffer.data = list(metadata)
    entry.name, entry.buffer = _ENTRY, len(model.buffers)
    model.buffers.append(buffer)
    model.metadata = [*entries, entry]
    builder = flatbuffers.Builder(len(data) + len(metadata))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _with_files(data: bytes, texts: dict[str, str]) -> bytes:
    """A ZIP behind the model, uncompressed, so that Android can map it."""
    file = io.BytesIO(data)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_STORED) as archive:
        for name, text in texts.items():
            # A fixed date: the same model gives the same bytes.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text.encode())
    return file.getvalue()
