"""What differs between two preprocessings is recovered from their tensors."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from conftest import PHOTOS
from shiwu_models.manifest import Input, Resize
from shiwu_models.preprocess import fit, load_image, normalize
from shiwu_models.verify.diagnose import Finding, best_affine, channels_first, diagnose, fit_affine

SPEC = Input(
    name="input",
    layout="NCHW",
    size=(64, 64),
    color="RGB",
    scale=1 / 255,
    mean=(0.485, 0.456, 0.406),
    std=(0.229, 0.224, 0.225),
)
RESIZE = Resize(mode="crop-shortest", crop_fraction=0.875, filter="bicubic")
COFFEE = load_image(PHOTOS / "coffee.png")

gains = st.floats(0.001, 200)
offsets = st.floats(-200, 200)


def tensor(spec: Input = SPEC, resize: Resize = RESIZE) -> "np.typing.NDArray[np.float32]":
    return normalize(fit(COFFEE, spec.size, resize), spec)


def changed(**fields: object) -> Input:
    return Input.model_validate(SPEC.model_dump() | fields)


def found(spec: Input = SPEC, resize: Resize = RESIZE) -> dict[str, Finding]:
    findings = diagnose(tensor(spec, resize), tensor(), COFFEE, SPEC, RESIZE)
    return {finding.kind: finding for finding in findings}


@given(
    seed=st.integers(0, 2**32 - 1),
    gain=st.tuples(gains, gains, gains),
    offset=st.tuples(offsets, offsets, offsets),
    swapped=st.booleans(),
)
def test_any_affine_and_either_order_is_recovered(
    seed: int,
    gain: tuple[float, float, float],
    offset: tuple[float, float, float],
    swapped: bool,
) -> None:
    ours = np.random.default_rng(seed).normal(size=(3, 5, 7))
    order = (2, 1, 0) if swapped else (0, 1, 2)
    a, b = (np.array(values).reshape(3, 1, 1) for values in (gain, offset))
    affine = best_affine(ours, a * ours[list(order)] + b)
    assert affine.order == order
    np.testing.assert_allclose(affine.gain, gain, rtol=1e-8)
    np.testing.assert_allclose(affine.offset, offset, rtol=1e-8, atol=1e-8)
    assert affine.residual < 1e-8


@given(seed=st.integers(0, 2**32 - 1))
def test_pictures_that_have_nothing_in_common_do_not_fit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ours, theirs = rng.normal(size=(2, 3, 16, 16))
    assert best_affine(ours, theirs).residual > 0.5


def test_a_flat_channel_says_nothing_and_divides_nothing() -> None:
    flat = np.zeros((3, 4, 4))
    affine = fit_affine(flat, flat + 2, (0, 1, 2))
    assert affine.residual == 0
    np.testing.assert_array_equal(affine.offset, [2, 2, 2])


def test_a_grey_picture_is_never_called_swapped() -> None:
    grey = np.repeat(np.random.default_rng(1).normal(size=(1, 6, 6)), 3, axis=0)
    assert best_affine(grey, 3 * grey + 1).order == (0, 1, 2)


@pytest.mark.parametrize(
    ("shape", "layout"),
    [((1, 3, 5, 4), "NCHW"), ((1, 5, 4, 3), "NHWC"), ((3, 5, 4), "NCHW"), ((5, 4, 3), "NHWC")],
)
def test_layout_is_told_by_the_axis_of_three(shape: tuple[int, ...], layout: str) -> None:
    taken = channels_first(np.zeros(shape, np.float32))
    assert taken is not None
    assert (taken[0].shape, taken[1]) == ((3, 5, 4), layout)


def test_a_batch_of_two_is_refused_with_its_shape() -> None:
    (finding,) = diagnose(np.zeros((2, 3, 8, 8)), tensor(), COFFEE, SPEC, RESIZE)
    assert finding.kind == "unknown"
    assert "[2, 3, 8, 8]" in finding.zh


def test_the_same_preprocessing_has_no_findings() -> None:
    assert found() == {}


def test_bgr() -> None:
    finding = found(changed(color="BGR"))
    assert set(finding) == {"color"}
    assert finding["color"].manifest == {"input.color": "BGR"}


def test_bgr_with_mean_and_std_turned_round_too() -> None:
    wanted = changed(color="BGR", mean=SPEC.mean[::-1], std=SPEC.std[::-1])
    finding = found(wanted)
    assert set(finding) == {"color", "normalize"}
    assert finding["normalize"].manifest["input.mean"] == [0.406, 0.456, 0.485]
    assert "ImageNet" in finding["normalize"].zh


def test_forgotten_division_by_255() -> None:
    finding = found(changed(scale=1.0, mean=(0, 0, 0), std=(1, 1, 1)))
    assert set(finding) == {"normalize"}
    assert finding["normalize"].manifest == {
        "input.scale": 1.0,
        "input.mean": [0.0, 0.0, 0.0],
        "input.std": [1.0, 1.0, 1.0],
    }


@settings(max_examples=25, deadline=None)
@given(
    mean=st.tuples(*[st.floats(0, 0.9)] * 3),
    std=st.tuples(*[st.floats(0.1, 2)] * 3),
)
def test_what_it_prints_makes_the_reference(
    mean: tuple[float, float, float], std: tuple[float, float, float]
) -> None:
    reference = tensor(changed(mean=mean, std=std))
    assume(np.abs(reference - tensor()).max() > 0.02)
    (finding,) = diagnose(reference, tensor(), COFFEE, SPEC, RESIZE)
    values = {key.removeprefix("input."): value for key, value in finding.manifest.items()}
    # Well-known normalisations are recognised within 0.2 percent of the 255 levels.
    np.testing.assert_allclose(tensor(changed(**values)), reference, atol=0.005 / min(std))


def test_layout_and_size() -> None:
    findings = found(changed(layout="NHWC", size=(48, 80)))
    assert findings["layout"].manifest == {"input.layout": "NHWC"}
    assert findings["size"].manifest == {"input.size": [48, 80]}
    assert set(findings) == {"layout", "size"}


@pytest.mark.parametrize(
    "other",
    [
        Resize(mode="stretch", filter="bicubic"),
        Resize(mode="pad", filter="bilinear"),
        Resize(mode="crop-shortest", crop_fraction=1.0, filter="bicubic"),
        Resize(mode="crop-shortest", crop_fraction=0.875, filter="bilinear"),
        Resize(mode="crop-shortest", crop_fraction=0.875, filter="lanczos"),
    ],
)
def test_crop_and_filter(other: Resize) -> None:
    finding = found(resize=other)
    assert set(finding) == {"resize"}
    named = {key.removeprefix("resize."): v for key, v in finding["resize"].manifest.items()}
    assert named["mode"] == other.mode
    assert named["filter"] == other.filter
    if other.mode == "crop-shortest":
        assert named["crop_fraction"] == other.crop_fraction


def test_stretch_and_bgr_and_another_mean_all_at_once() -> None:
    wanted = changed(color="BGR", mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
    findings = found(wanted, Resize(mode="stretch", filter="bicubic"))
    assert set(findings) == {"resize", "color", "normalize"}
    assert findings["normalize"].manifest["input.mean"] == [0.5, 0.5, 0.5]


def test_another_picture_is_said_to_be_unexplained(tmp_path: Path) -> None:
    noise = np.random.default_rng(2).integers(0, 256, (90, 90, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    other = load_image(tmp_path / "noise.png")
    reference = normalize(fit(other, SPEC.size, RESIZE), SPEC)
    (finding,) = diagnose(reference, tensor(), COFFEE, SPEC, RESIZE)
    assert finding.kind == "unknown"
    assert finding.manifest == {}
