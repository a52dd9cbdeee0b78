import json
from typing import Any

import pytest

from conftest import ROOT
from manifests import tiny_manifest
from shiwu_models.errors import ModelError
from shiwu_models.manifest import check_schema, json_schema, parse_manifest


def test_committed_schema_is_generated_from_the_types() -> None:
    committed = (ROOT / "models" / "manifest.schema.json").read_text(encoding="utf-8")
    assert committed == json_schema(), "run: python -m shiwu_models schema"


def test_round_trip_is_lossless_and_compact() -> None:
    manifest = tiny_manifest()
    text = manifest.compact()
    assert parse_manifest(text) == manifest == parse_manifest(manifest.pretty())
    assert "\n" not in text
    assert "小模型" in text  # UTF-8, not \\u escapes
    assert "parity" not in text  # absent, not null


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema_version",), 2),
        (("id",), "Not An Id"),
        (("task",), "regression"),
        (("input", "std"), [128.0, 0.0, 128.0]),
        (("input", "mean"), [127.0, 127.0]),
        (("input", "size"), [0, 224]),
        (("resize", "crop_fraction"), 1.5),
        (("resize", "crop_fracton"), 0.875),
        (("resize", "filter"), "nearest"),
        (("calibration", "temperature"), 0.0),
        (("labels", "sha256"), "short"),
    ],
)
def test_a_wrong_field_is_named(path: tuple[str, ...], value: Any) -> None:  # noqa: ANN401
    content = tiny_manifest().plain()
    part = content
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    # The JSON Schema is for other languages: it must refuse what the types refuse.
    for check in (lambda: parse_manifest(json.dumps(content)), lambda: check_schema(content)):
        with pytest.raises(ModelError) as caught:
            check()
        assert caught.value.code == "invalid-manifest"
        assert path[-1] in caught.value.zh
        assert path[-1] in caught.value.en


def test_types_and_schema_take_the_same_good_manifests() -> None:
    for path in (ROOT / "models" / "bundles").glob("*/manifest.json"):
        content = json.loads(path.read_text(encoding="utf-8"))
        check_schema(content)
        check_schema(parse_manifest(json.dumps(content)).plain())
    check_schema(tiny_manifest().plain())


@pytest.mark.parametrize("part", ["name", "task", "input", "outputs", "labels", "license"])
def test_a_missing_field_is_refused_by_both(part: str) -> None:
    content = tiny_manifest().plain()
    del content[part]
    with pytest.raises(ModelError, match=part):
        parse_manifest(json.dumps(content))
    with pytest.raises(ModelError, match=part):
        check_schema(content)


def test_not_json() -> None:
    with pytest.raises(ModelError, match="manifest"):
        parse_manifest("{")
