"""The browser's path under Node, against Pillow's pixels and PyTorch's committed answers."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from conftest import BUNDLE, GOLDEN, PHOTOS, ROOT
from shiwu_models.errors import ModelError
from shiwu_models.graph import load_model
from shiwu_models.pack import unpack
from shiwu_models.preprocess import load_image, normalize
from shiwu_models.verify import browser
from shiwu_models.verify.browser import BrowserPath, check_ready

MODEL = BUNDLE / "lite0.onnx"
TURNED = ROOT / "tests" / "fixtures" / "orientation"


@pytest.fixture(scope="module")
def path() -> Iterator[BrowserPath]:
    try:
        check_ready()
    except ModelError as error:
        pytest.skip(error.en)
    with BrowserPath(MODEL) as opened:
        yield opened


@pytest.mark.parametrize("name", ["chelsea", "coffee"])
def test_every_arrow_is_the_reference_s(path: BrowserPath, name: str) -> None:
    picture = path.picture(PHOTOS / f"{name}.png", decoded=True)
    assert picture is not None
    upright = load_image(PHOTOS / f"{name}.png")
    np.testing.assert_array_equal(picture.decoded, np.asarray(upright))
    golden = Image.open(GOLDEN / f"{name}.224.png")
    np.testing.assert_array_equal(picture.resized, np.asarray(golden))
    spec = unpack(load_model(MODEL)).manifest.input
    np.testing.assert_array_equal(picture.tensor, normalize(golden, spec))
    answers = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    wanted = np.array(answers["logits"])
    assert np.abs(picture.network.logits - wanted).max() <= 1e-4 * np.ptp(wanted)
    assert [r.index for r in picture.network.top] == [a["index"] for a in answers["top5"]]
    assert [r.id for r in picture.network.top] == [a["id"] for a in answers["top5"]]
    assert [float(r.score) for r in picture.network.top] == pytest.approx(
        [a["probability"] for a in answers["top5"]], abs=1e-5
    )


def test_pixels_and_tensor_enter_further_on(path: BrowserPath) -> None:
    from_file = path.picture(PHOTOS / "chelsea.png")
    from_pixels = path.picture(load_image(PHOTOS / "chelsea.png"))
    assert from_file is not None
    assert from_pixels is not None
    assert from_pixels.decoded is None
    np.testing.assert_array_equal(from_pixels.tensor, from_file.tensor)
    np.testing.assert_array_equal(path.tensor(from_file.tensor).logits, from_file.network.logits)


@pytest.mark.parametrize("name", ["6-be.jpg", "8-le.png"])
def test_pictures_come_upright(path: BrowserPath, name: str) -> None:
    picture = path.picture(TURNED / name, decoded=True)
    assert picture is not None
    assert picture.decoded is not None
    upright = np.asarray(load_image(TURNED / name), dtype=int)
    assert picture.decoded.shape == upright.shape
    assert np.abs(picture.decoded - upright).max() <= 3


def test_what_the_browser_decodes_is_not_answered(path: BrowserPath) -> None:
    assert path.picture(TURNED / "1-be.webp") is None


def test_a_bad_file_is_told_and_the_next_call_works(path: BrowserPath, tmp_path: Path) -> None:
    cut = tmp_path / "cut.png"
    cut.write_bytes((PHOTOS / "coffee.png").read_bytes()[:5000])
    with pytest.raises(ModelError, match="truncated-image") as caught:
        path.picture(cut)
    assert caught.value.code == "browser-path"
    assert path.picture(PHOTOS / "coffee.png") is not None


def test_bench_times_every_arrow(path: BrowserPath) -> None:
    times = path.bench(PHOTOS / "coffee.png", runs=3, warm_up=1)
    for column in (times.decode_ms, times.resize_ms, times.normalize_ms, times.network_ms):
        assert len(column) == 3
        assert min(column) > 0
    assert min(times.network_ms) > max(times.scores_ms)  # a billion operations against a thousand
    assert times.peak_rss_bytes >= times.rss_bytes > MODEL.stat().st_size
    assert path.start.total_ms > path.start.session_ms > 0


def test_a_missing_build_says_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "NEEDED", (ROOT / "build" / "not-there.mjs",))
    with pytest.raises(ModelError) as caught:
        BrowserPath(MODEL)
    assert caught.value.code == "browser-path"
    assert "npm ci && npm run build" in caught.value.zh


def test_a_file_that_is_no_model_is_refused(path: BrowserPath, tmp_path: Path) -> None:
    assert path.start.session_ms > 0  # what it needs is here
    bad = tmp_path / "bad.onnx"
    bad.write_bytes(b"not a model at all")
    with pytest.raises(ModelError) as caught:
        BrowserPath(bad)
    assert caught.value.code == "browser-path"
    assert "invalid-model" in caught.value.en
