from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from conftest import GOLDEN, PHOTOS, float32
from manifests import tiny_manifest
from shiwu_models.errors import ModelError
from shiwu_models.manifest import Input, Resize
from shiwu_models.preprocess import crop_box, fit, load_image, normalize, preprocess, to_rgb

LITE0 = Resize(mode="crop-shortest", crop_fraction=0.875, filter="bicubic")
SPEC = tiny_manifest().input


@pytest.mark.parametrize("name", ["chelsea", "coffee"])
def test_golden_pixels(name: str) -> None:
    ours = fit(load_image(PHOTOS / f"{name}.png"), (224, 224), LITE0)
    golden = Image.open(GOLDEN / f"{name}.224.png")
    np.testing.assert_array_equal(np.asarray(ours), np.asarray(golden))


def test_crop_box_is_centred_and_fractional() -> None:
    assert crop_box(451, 300, (224, 224), 0.875) == (94.25, 18.75, 356.75, 281.25)
    assert crop_box(100, 200, (10, 20), 1.0) == (0.0, 75.0, 100.0, 125.0)  # [height, width]


@pytest.mark.parametrize("size", [(1, 1), (1, 77), (91, 1), (3, 5)])
@pytest.mark.parametrize("mode", ["crop-shortest", "stretch"])
def test_constant_pictures_stay_constant(size: tuple[int, int], mode: str) -> None:
    resize = Resize.model_validate({"mode": mode, "filter": "lanczos"})
    pixels = np.asarray(fit(Image.new("RGB", size, (12, 200, 255)), (8, 8), resize))
    assert pixels.shape == (8, 8, 3)
    assert (pixels == (12, 200, 255)).all()


def test_pad_keeps_the_whole_picture_on_black() -> None:
    resize = Resize(mode="pad", filter="bilinear")
    pixels = np.asarray(fit(Image.new("RGB", (20, 10), (255, 255, 255)), (8, 8), resize))
    assert (pixels[2:6] == 255).all()
    assert not pixels[:2].any()
    assert not pixels[6:].any()


def test_normalize_range_layout_and_colour() -> None:
    picture = Image.new("RGB", (8, 8), (0, 127, 255))
    tensor = normalize(picture, SPEC)
    assert tensor.shape == (1, 3, 8, 8)
    assert tensor.dtype == np.float32
    expected = float32([-127 / 128, 0, 1])
    np.testing.assert_array_equal(tensor[0, :, 0, 0], expected)
    bgr_last = Input.model_validate(SPEC.model_dump() | {"layout": "NHWC", "color": "BGR"})
    np.testing.assert_array_equal(normalize(picture, bgr_last)[0, 0, 0], expected[::-1])


def test_alpha_lies_on_white() -> None:
    rgba = Image.new("RGBA", (1, 1), (255, 0, 0, 0))
    assert to_rgb(rgba).getpixel((0, 0)) == (255, 255, 255)
    half = Image.new("RGBA", (1, 1), (0, 0, 0, 128))
    assert to_rgb(half).getpixel((0, 0)) == (127, 127, 127)
    assert to_rgb(Image.new("LA", (1, 1), (0, 0))).getpixel((0, 0)) == (255, 255, 255)


def test_sixteen_bit_grey_keeps_its_high_byte(tmp_path: Path) -> None:
    Image.fromarray(np.full((2, 2), 0xABCD, np.uint16)).save(tmp_path / "grey.png")
    assert load_image(tmp_path / "grey.png").getpixel((0, 0)) == (0xAB,) * 3


def test_every_orientation_gives_the_same_tensor(tmp_path: Path) -> None:
    upright = load_image(PHOTOS / "chelsea.png").resize((60, 40))
    # What a camera stores so that viewers turn it upright again, by EXIF orientation.
    turn = Image.Transpose
    stored = {
        1: upright,
        2: upright.transpose(turn.FLIP_LEFT_RIGHT),
        3: upright.transpose(turn.ROTATE_180),
        4: upright.transpose(turn.FLIP_TOP_BOTTOM),
        5: upright.transpose(turn.TRANSPOSE),
        6: upright.transpose(turn.ROTATE_90),
        7: upright.transpose(turn.TRANSVERSE),
        8: upright.transpose(turn.ROTATE_270),
    }
    expected = normalize(fit(upright, (8, 8), LITE0), SPEC)
    for orientation, picture in stored.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        path = tmp_path / f"{orientation}.png"
        picture.save(path, exif=exif)
        np.testing.assert_array_equal(preprocess(path, SPEC, LITE0), expected)


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n"])
def test_garbage_is_a_typed_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "坏.jpg"
    path.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        load_image(path)
    assert caught.value.code == "invalid-image"
    assert "坏.jpg" in caught.value.zh


def test_a_truncated_file_is_a_typed_error(tmp_path: Path) -> None:
    path = tmp_path / "half.png"
    data = (PHOTOS / "coffee.png").read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(ModelError):
        load_image(path)
