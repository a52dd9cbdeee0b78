"""Our resampling beside Pillow's: any picture, box, size and filter gives the same bytes, or both refuse.

    python tests/fuzz/fuzz_pillow.py LIBRARY [libFuzzer's own arguments]

LIBRARY is made of resample_library.cc; built for libFuzzer, it needs one preloaded, and inputs are then thought up by the
code that they reach in it. `npm run fuzz -- --only pillow` does all that (scripts/lib/fuzz-pillow.mjs).
"""

import ctypes
import struct
import sys

import atheris
import PIL
from PIL import Image

# The order of the resampling passes is that of Pillow 13 and later.
assert int(PIL.__version__.split(".")[0]) >= 13, PIL.__version__

LONGEST = 64
# In the order of shiwu::Filter.
FILTERS = [
    Image.Resampling.BOX,
    Image.Resampling.BILINEAR,
    Image.Resampling.HAMMING,
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
]
# CMYK: four channels that Pillow takes for independent, as ours are; it multiplies RGBA's colours by the alpha.
MODES = ["L", "RGB", "RGBA", "CMYK"]

core = ctypes.CDLL(sys.argv.pop(1))
core.shiwu_flatten.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
core.shiwu_flatten.restype = None
core.shiwu_resize.argtypes = [
    *(ctypes.c_char_p, ctypes.c_int, ctypes.c_int, ctypes.POINTER(ctypes.c_double)),
    *(ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_char_p),
]


def float32(number):
    return struct.unpack("f", struct.pack("f", number))[0]


def edge(data, side):
    """Of a box: a whole number, a fraction, or now and then outside."""
    kind = data.ConsumeIntInRange(0, 7)
    if kind == 0:
        return float(data.ConsumeIntInRange(-2, side + 2))
    if kind < 4:
        return float(data.ConsumeIntInRange(0, side))
    return float32(data.ConsumeFloatInRange(0.0, float(side)))


def pixels_of(data, count):
    """What is left of the input, over and over, a little brighter each time."""
    rest = data.ConsumeBytes(data.remaining_bytes()) or b"\0"
    levels = bytes(range(256)) * 2
    times = -(-count // len(rest))
    return b"".join(rest.translate(levels[7 * i % 256 :][:256]) for i in range(times))[:count]


def in_core(picture, box, size, kind, in_two):
    """The core's answer as RGBA or four channels alike, or None where it refuses."""
    rgba = picture.tobytes() if picture.mode in ("RGBA", "CMYK") else picture.convert("RGBA").tobytes()
    if picture.mode == "RGBA":
        buffer = ctypes.create_string_buffer(rgba, len(rgba))
        core.shiwu_flatten(buffer, len(rgba) // 4)
        rgba = buffer.raw
    out = ctypes.create_string_buffer(4 * size[0] * size[1])
    edges = (ctypes.c_double * 4)(*box)
    given = core.shiwu_resize(rgba, *picture.size, edges, *size, kind, in_two, out)
    return out.raw if given else None


def in_pillow(picture, box, size, kind, in_two):
    if picture.mode == "RGBA":
        white = Image.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture.getchannel("A"))
        picture = white
    try:
        return picture.resize(size, FILTERS[kind], box=box, reducing_gap=2.0 if in_two else None)
    except ValueError:
        return None


def test(bytes_):
    data = atheris.FuzzedDataProvider(bytes_)
    mode = MODES[data.ConsumeIntInRange(0, len(MODES) - 1)]
    width, height = data.ConsumeIntInRange(1, LONGEST), data.ConsumeIntInRange(1, LONGEST)
    size = data.ConsumeIntInRange(1, LONGEST), data.ConsumeIntInRange(1, LONGEST)
    kind, in_two = data.ConsumeIntInRange(0, len(FILTERS) - 1), data.ConsumeBool()
    box = (0.0, 0.0, float(width), float(height))
    if data.ConsumeBool():
        across = sorted([edge(data, width), edge(data, width)])
        down = sorted([edge(data, height), edge(data, height)])
        box = (across[0], down[0], across[1], down[1])
        # Of no area: we refuse it, and Pillow takes the nearest pixels.
        if across[0] == across[1] or down[0] == down[1]:
            return
    # We refuse what reaches outside; Pillow, where it averages blocks first, cuts it off.
    outside = box[0] < 0 or box[1] < 0 or box[2] > width or box[3] > height
    picture = Image.frombytes(mode, (width, height), pixels_of(data, len(mode) * width * height))
    ours, theirs = (f(picture, box, size, kind, in_two) for f in (in_core, in_pillow))
    words = f"{mode} {width} x {height}, box {box}, {FILTERS[kind].name} to {size}, {in_two=}"
    assert (ours is None) == outside, f"refused or not: {words}"
    if outside:
        assert theirs is None or in_two, f"Pillow takes it: {words}"
        return
    assert theirs is not None, f"Pillow refuses it: {words}"
    if theirs.mode == "CMYK":
        same = ours == theirs.tobytes()
    else:
        same = Image.frombytes("RGBA", size, ours).convert("RGB").tobytes() == theirs.convert("RGB").tobytes()
    assert same, f"other bytes: {words}"


if __name__ == "__main__":
    atheris.Setup(sys.argv, test)
    atheris.Fuzz()
