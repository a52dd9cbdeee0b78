from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from conftest import PHOTOS
from shiwu_models.errors import ModelError
from shiwu_models.manifest import Input
from shiwu_models.quantize import calibration
from shiwu_models.quantize.calibration import calibration_tensors, photo_files


def spec(layout: str = "NCHW", color: str = "RGB") -> Input:
    return Input.model_validate(
        {
            "name": "input",
            "layout": layout,
            "size": [20, 24],
            "color": color,
            "scale": 1.0,
            "mean": [127.0] * 3,
            "std": [128.0] * 3,
        }
    )


def test_as_many_as_asked_for_in_the_networks_shape_and_range() -> None:
    tensors = calibration_tensors(spec(), folder=PHOTOS, count=7)
    assert tensors.shape == (7, 3, 20, 24)
    assert tensors.dtype == np.float32
    assert tensors.min() >= -127 / 128
    assert tensors.max() <= 1
    # They are whole numbers of 0..255 before normalisation: what a decoded photo can be.
    pixels = tensors * 128 + 127
    np.testing.assert_array_equal(pixels, np.rint(pixels))


def test_same_arguments_same_numbers_and_another_seed_others() -> None:
    once, again, other = (
        calibration_tensors(spec(), folder=PHOTOS, count=4, seed=seed) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(once, again)
    assert (once != other).any(axis=(1, 2, 3)).all()


def test_no_two_pictures_are_the_same() -> None:
    tensors = calibration_tensors(spec(), folder=PHOTOS, count=12).reshape(12, -1)
    assert len(np.unique(tensors, axis=0)) == 12


def test_layout_and_order_of_colours_are_the_inputs() -> None:
    plain = calibration_tensors(spec(), folder=PHOTOS, count=3)
    last = calibration_tensors(spec("NHWC"), folder=PHOTOS, count=3)
    blue_first = calibration_tensors(spec(color="BGR"), folder=PHOTOS, count=3)
    np.testing.assert_array_equal(last, plain.transpose(0, 2, 3, 1))
    np.testing.assert_array_equal(blue_first, plain[:, ::-1])


def test_photos_are_found_by_name_below_the_folder_too(tmp_path: Path) -> None:
    picture = Image.new("RGB", (8, 8))
    (tmp_path / "sub").mkdir()
    for name in ("b.PNG", "a.png", "sub/c.png"):
        picture.save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no picture")
    assert [p.name for p in photo_files(tmp_path)] == ["a.png", "b.PNG", "c.png"]


def test_an_empty_folder_is_said_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no pictures") as error:
        calibration_tensors(spec(), folder=tmp_path)
    assert error.value.code == "no-photos"


def test_without_the_package_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calibration, "find_spec", lambda _name: None)
    with pytest.raises(ModelError, match="pip install scikit-image") as error:
        calibration_tensors(spec())
    assert error.value.code == "missing-package"


def test_built_in_photos_are_all_in_the_wheel() -> None:
    pytest.importorskip("skimage", reason="scikit-image is a dependency of the tests")
    files = calibration.built_in_files()
    assert [file.name for file in files if not file.is_file()] == []
    assert calibration_tensors(spec(), count=len(files)).std() > 0.2
