"""Small inputs that the fuzz targets start from.

    python tests/fuzz/make_seeds.py

writes seeds/<target>/; needs Pillow, NumPy and onnx. Deterministic.
"""

import pathlib
import shutil
import struct
import sys

HERE = pathlib.Path(__file__).parent
FIXTURES = HERE.parent / "fixtures"
sys.path.insert(0, str(FIXTURES))

import io  # noqa: E402

from PIL import Image  # noqa: E402

from engine_models import HEADS, MODELS  # noqa: E402
from icc_writer import (  # noqa: E402
    ADOBE_RGB,
    DISPLAY_P3,
    PROPHOTO,
    SRGB_CURVE,
    gamma_curve,
    parametric_curve,
    profile,
    srgb_table,
)
from pixels import picture  # noqa: E402
from png_writer import GREY_ALPHA, PALETTE, RGB, chunk, write_png  # noqa: E402


def write(target, name, data):
    folder = HERE / "seeds" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def save(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def kind_of(name):
    kind = name.rsplit(".", 1)[1]
    return "jpeg" if kind == "jpg" else kind


shutil.rmtree(HERE / "seeds", ignore_errors=True)

tiff = b"II*\0\x08\0\0\0\x02\0" + struct.pack("<HHI4s", 0x010F, 2, 4, b"abc\0")
tiff += struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0) + bytes(4)
rgb = Image.fromarray(picture("gradient", 0, 9, 7)[:, :, :3])
index = picture("noise", 1, 9, 7)[:, :, :1] % 16
colours = picture("noise", 2, 16, 1)[0, :, :3]
paletted = Image.fromarray(index[:, :, 0], "P")
paletted.putpalette(colours.tobytes())

jpeg = {"quality": 60, "optimize": True}
write("jpeg", "baseline.jpg", save(rgb.resize((20, 18)), "JPEG", subsampling=2, exif=tiff, **jpeg))
write("jpeg", "progressive.jpg", save(rgb, "JPEG", progressive=True, restart_marker_blocks=1, **jpeg))
write("jpeg", "cmyk.jpg", save(rgb.convert("CMYK"), "JPEG", **jpeg))
# A Huffman table of 257 symbols, which decoders have no room for.
table = b"\xff\xc4" + struct.pack(">H", 19 + 257) + b"\0" + bytes(14) + b"\x02\xff" + bytes(257)
plain = save(rgb.resize((8, 8)).convert("L"), "JPEG", **jpeg)
write("jpeg", "huffman257.jpg", plain[:2] + table + plain[2:])
# Found by the fuzzer: stb_image copied the data, of which there is nothing, to no memory.
head = chunk(b"IHDR", struct.pack(">IIBBBBB", 5, 1, 1, 0, 0, 0, 0))
write("png", "no-data.png", b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT") + chunk(b"IEND"))
# Found by native against wasm: three of four rows, then a distance by code 30, which there is not. stb_image 2.27 took it
# for 0, and what lay in memory for the last row.
bits = "110" + "".join(f"{0x30 + value:08b}" for value in [0, 40, 80, 120, 140] * 3) + "0000011" + "11110" + "0000000"
stream = b"\x78\x01" + bytes(int(bits[i : i + 8][::-1], 2) for i in range(0, len(bits), 8)) + bytes(4)
head = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 0, 0, 0, 0))
write("png", "distance30.png", b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", stream) + chunk(b"IEND"))
write("png", "interlaced.png", write_png(picture("noise", 3, 9, 7)[:, :, :3].astype("u4"), RGB, 8, interlaced=True))
write("png", "palette4-trns.png", write_png(index.astype("u4"), PALETTE, 4, palette=colours, transparency=bytes(range(10))))
deep = picture("noise", 4, 5, 4)[:, :, :2].astype("u4") * 257
write("png", "grey-alpha16.png", write_png(deep, GREY_ALPHA, 16, extra=chunk(b"eXIf", tiff)))
write("gif", "animation.gif", save(paletted, "GIF", save_all=True, append_images=[paletted.rotate(180)], transparency=3, duration=40))
write("bmp", "rgb24.bmp", save(rgb, "BMP"))
write("bmp", "palette8.bmp", save(paletted, "BMP"))

# What strangers bring, of each kind one: tests/fixtures/make_corpus.py and make_color.py made them.
blob = (FIXTURES / "corpus" / "files.bin").read_bytes()
SEEDS = {
    "rgb8-interlaced.png cut at 0.72": "cut.png",
    "palette4.png odd tRNS": "odd-trns.png",
    "grey16-interlaced.png chunks behind": "exif-behind.png",
    "beyond-offset-disposal2-transparent.gif": "beyond.gif",
    "empty-disposal1-local.gif": "empty-screen.gif",
    "cut.gif cut at 0.72": "cut.gif",
    "header12-4.bmp": "os2.bmp",
    "header16-1.bmp": "os2-short.bmp",
    "header64-rle4.bmp": "rle4.bmp",
    "header40-rle8.bmp": "rle8.bmp",
    "header124-masks7-32.bmp": "masks32.bmp",
    "header40-masks0-16.bmp": "masks16.bmp",
    "mjpeg2.jpg": "mjpeg.jpg",
    "420-progressive.jpg cut at 0.6": "cut-progressive.jpg",
}
for line in (FIXTURES / "corpus" / "cases.tsv").read_text(encoding="utf-8").splitlines()[2:]:
    _, name, offset, size, *_ = line.split("\t")
    if name in SEEDS:
        write(kind_of(SEEDS[name]), SEEDS.pop(name), blob[int(offset) : int(offset) + int(size)])
assert not SEEDS, SEEDS
# libjpeg-turbo gave no row of it and asked for more data, for ever.
cut = (HERE / "seeds" / "jpeg" / "cut-progressive.jpg").read_bytes()
write("jpeg", "no-row.jpg", cut[:-5] + b"OOOOOOOO\xff\xc2" + cut[-5:])
for name in ("display-p3.png", "adobe-rgb-parts.jpg", "curve-kind-2.png", "gama-chrm.png"):
    write(kind_of(name), name, (FIXTURES / "color" / name).read_bytes())

# The three kinds of WebP, and an AVIF; their sides are in claimed_size_test.cc.
write("claimed_size", "lossy.webp", save(rgb.resize((20, 18)), "WEBP"))
write("claimed_size", "lossless.webp", save(rgb, "WEBP", lossless=True))
write("claimed_size", "extended.webp", save(rgb.resize((33, 5)), "WEBP", exif=b"Exif\0\0" + tiff))
write("claimed_size", "one.avif", save(rgb.resize((40, 24)), "AVIF"))

# Profiles alone: one table, one gamma, three parametric curves.
write("color", "p3-table.icc", profile(DISPLAY_P3, srgb_table(16)))
write("color", "adobe-gamma.icc", profile(ADOBE_RGB, gamma_curve(2.2), version=2))
write("color", "prophoto-parametric.icc", profile(PROPHOTO, [parametric_curve(3, SRGB_CURVE), parametric_curve(0, (1.8,)), gamma_curve(1)]))

# Numbers for sizes, boxes and weights; what they stand for is in the targets.
for name, seed in (("shrink", 1), ("enlarge", 2), ("turned", 3)):
    numbers = picture("noise", seed, 16, 4)[:, :, :3].tobytes()
    write("resample", name, numbers)
    write("kernels", name, numbers)

write("orientation", "jpg", b"\xff\xd8\xff\xe1" + struct.pack(">H", 8 + len(tiff)) + b"Exif\0\0" + tiff + b"\xff\xda\0\x02")
write("orientation", "png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + chunk(b"eXIf", tiff) + chunk(b"IEND"))
exif = b"EXIF" + struct.pack("<I", len(tiff)) + tiff
write("orientation", "webp", b"RIFF" + struct.pack("<I", 4 + 8 + 4 + len(exif)) + b"WEBPVP8L\x03\0\0\0abc\0" + exif)
dated = b"II*\0" + struct.pack("<IHHHIII", 8, 1, 0x8769, 4, 1, 26, 0) + struct.pack("<HHHIIHHIII", 2, 0x9003, 2, 20, 56, 0x9011, 2, 7, 76, 0)
dated += b"2024:05:17 12:34:56\0" + b"+08:00\0"
write("orientation", "jpg-dated", b"\xff\xd8\xff\xe1" + struct.pack(">H", 8 + len(dated)) + b"Exif\0\0" + dated)
big = b"MM\0*" + struct.pack(">I", 8) + struct.pack(">H", 1) + struct.pack(">HHIHH", 0x0112, 3, 1, 3, 0) + bytes(4)
write("orientation", "jpg-be", b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xe1" + struct.pack(">H", 8 + len(big)) + b"Exif\0\0" + big)

write("text_table", "labels.tsv", "id\tzh\tzh_aliases\ten\tcategory\nn1\t家猫\t猫|猫咪\tcat\tcat\nn2\t狗\t\tdog\tdog\n".encode())
write("text_table", "taxonomy.tsv", "id\tzh\ten\tparent\nanimal\t动物\tAnimals\t\ncat\t猫\tCats\tanimal\n".encode())
write("text_table", "crlf-bom.tsv", "\ufeffzh\tid\ten\tparent\r\n甲\ta\tA\t\r\n乙\tb\tB\ta\r\n".encode())
write("text_table", "wide.tsv", "zh\n\U0001f600\u3000x\n\u0800\uffff\n".encode())

write("onnx_file", "tiny.onnx", (FIXTURES / "onnx" / "tiny.onnx").read_bytes())
write("onnx_file", "smallest.onnx", bytes.fromhex("0808" "3a00" "7206" "0a0161" "120162"))

for name, model in HEADS.items():
    write("bake", f"{name}.onnx", model())

write("taught", "two.swtt", (FIXTURES / "taught" / "two.swtt").read_bytes())
write("taught", "empty.swtt", b"SWTT" + struct.pack("<4I", 1, 3, 0, 1) + b"m")

for name, model in MODELS.items():
    write("engine", f"{name}.onnx", model())
print(sum(path.stat().st_size for path in (HERE / "seeds").rglob("*") if path.is_file()), "bytes")
