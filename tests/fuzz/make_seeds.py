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

from engine_models import MODELS  # noqa: E402
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


shutil.rmtree(HERE / "seeds", ignore_errors=True)

tiff = b"II*\0\x08\0\0\0\x02\0" + struct.pack("<HHI4s", 0x010F, 2, 4, b"abc\0")
tiff += struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0) + bytes(4)
rgb = Image.fromarray(picture("gradient", 0, 9, 7)[:, :, :3])
index = picture("noise", 1, 9, 7)[:, :, :1] % 16
colours = picture("noise", 2, 16, 1)[0, :, :3]
paletted = Image.fromarray(index[:, :, 0], "P")
paletted.putpalette(colours.tobytes())

jpeg = {"quality": 60, "optimize": True}
write("decode", "baseline.jpg", save(rgb.resize((20, 18)), "JPEG", subsampling=2, exif=tiff, **jpeg))
write("decode", "progressive.jpg", save(rgb, "JPEG", progressive=True, restart_marker_blocks=1, **jpeg))
write("decode", "cmyk.jpg", save(rgb.convert("CMYK"), "JPEG", **jpeg))
# A Huffman table of 257 symbols, which decoders have no room for.
table = b"\xff\xc4" + struct.pack(">H", 19 + 257) + b"\0" + bytes(14) + b"\x02\xff" + bytes(257)
plain = save(rgb.resize((8, 8)).convert("L"), "JPEG", **jpeg)
write("decode", "huffman257.jpg", plain[:2] + table + plain[2:])
write("decode", "interlaced.png", write_png(picture("noise", 3, 9, 7)[:, :, :3].astype("u4"), RGB, 8, interlaced=True))
write("decode", "palette4-trns.png", write_png(index.astype("u4"), PALETTE, 4, palette=colours, transparency=bytes(range(10))))
deep = picture("noise", 4, 5, 4)[:, :, :2].astype("u4") * 257
write("decode", "grey-alpha16.png", write_png(deep, GREY_ALPHA, 16, extra=chunk(b"eXIf", tiff)))
write("decode", "animation.gif", save(paletted, "GIF", save_all=True, append_images=[paletted.rotate(180)], transparency=3, duration=40))
write("decode", "rgb24.bmp", save(rgb, "BMP"))
write("decode", "palette8.bmp", save(paletted, "BMP"))

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
        write("decode", SEEDS.pop(name), blob[int(offset) : int(offset) + int(size)])
assert not SEEDS, SEEDS
# libjpeg-turbo gave no row of it and asked for more data, for ever.
cut = (HERE / "seeds" / "decode" / "cut-progressive.jpg").read_bytes()
write("decode", "no-row.jpg", cut[:-5] + b"OOOOOOOO\xff\xc2" + cut[-5:])
for name in ("display-p3.png", "adobe-rgb-parts.jpg", "curve-kind-2.png", "gama-chrm.png"):
    write("decode", name, (FIXTURES / "color" / name).read_bytes())

write("orientation", "jpg", b"\xff\xd8\xff\xe1" + struct.pack(">H", 8 + len(tiff)) + b"Exif\0\0" + tiff + b"\xff\xda\0\x02")
write("orientation", "png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + chunk(b"eXIf", tiff) + chunk(b"IEND"))
exif = b"EXIF" + struct.pack("<I", len(tiff)) + tiff
write("orientation", "webp", b"RIFF" + struct.pack("<I", 4 + 8 + 4 + len(exif)) + b"WEBPVP8L\x03\0\0\0abc\0" + exif)
big = b"MM\0*" + struct.pack(">I", 8) + struct.pack(">H", 1) + struct.pack(">HHIHH", 0x0112, 3, 1, 3, 0) + bytes(4)
write("orientation", "jpg-be", b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xe1" + struct.pack(">H", 8 + len(big)) + b"Exif\0\0" + big)

write("text_table", "labels.tsv", "id\tzh\tzh_aliases\ten\tcategory\nn1\t家猫\t猫|猫咪\tcat\tcat\nn2\t狗\t\tdog\tdog\n".encode())
write("text_table", "taxonomy.tsv", "id\tzh\ten\tparent\nanimal\t动物\tAnimals\t\ncat\t猫\tCats\tanimal\n".encode())
write("text_table", "crlf-bom.tsv", "\ufeffzh\tid\ten\tparent\r\n甲\ta\tA\t\r\n乙\tb\tB\ta\r\n".encode())
write("text_table", "wide.tsv", "zh\n\U0001f600\u3000x\n\u0800\uffff\n".encode())

write("onnx_file", "tiny.onnx", (FIXTURES / "onnx" / "tiny.onnx").read_bytes())
write("onnx_file", "smallest.onnx", bytes.fromhex("0808" "3a00" "7206" "0a0161" "120162"))

write("taught", "two.swtt", (FIXTURES / "taught" / "two.swtt").read_bytes())
write("taught", "empty.swtt", b"SWTT" + struct.pack("<4I", 1, 3, 0, 1) + b"m")

for name, model in MODELS.items():
    write("engine", f"{name}.onnx", model())
print(sum(path.stat().st_size for path in (HERE / "seeds").rglob("*") if path.is_file()), "bytes")
