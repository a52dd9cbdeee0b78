"""Photos side by side, two by two, as pictures with two things in them.

    .toolchain/models/bin/python tests/bench/paste_pairs.py PHOTOS OUT [--seed 16] [--pairs 150]

writes OUT/NUMBER.png and OUT/pairs.json: {"file", "left", "right", "split"}, the photos' names and
where the second begins. Photos are made 400 pixels high, and at most 4:3 of them is shown.
"""

import argparse
import json
import pathlib
import random

from PIL import Image

HEIGHT = 400

parser = argparse.ArgumentParser()
parser.add_argument("photos", type=pathlib.Path)
parser.add_argument("out", type=pathlib.Path)
parser.add_argument("--seed", type=int, default=16)
parser.add_argument("--pairs", type=int, default=150)
options = parser.parse_args()


def half(path: pathlib.Path) -> Image.Image:
    image = Image.open(path).convert("RGB")
    image = image.resize((max(1, round(image.width * HEIGHT / image.height)), HEIGHT), Image.Resampling.BICUBIC)
    most = HEIGHT * 4 // 3
    left = max(0, (image.width - most) // 2)
    return image.crop((left, 0, left + min(most, image.width), HEIGHT))


photos = sorted(path for path in options.photos.iterdir() if path.suffix.lower() in (".jpeg", ".jpg", ".png"))
random.Random(options.seed).shuffle(photos)
options.out.mkdir(parents=True, exist_ok=True)
pairs = []
for number in range(min(options.pairs, len(photos) // 2)):
    names = photos[number], photos[number + len(photos) // 2]
    left, right = map(half, names)
    whole = Image.new("RGB", (left.width + right.width, HEIGHT))
    whole.paste(left, (0, 0))
    whole.paste(right, (left.width, 0))
    file = f"{number}.png"
    whole.save(options.out / file)
    pairs.append({"file": file, "left": names[0].name, "right": names[1].name, "split": left.width})
(options.out / "pairs.json").write_text(json.dumps(pairs, indent=1) + "\n", encoding="utf-8")
print(len(pairs), "pairs")
