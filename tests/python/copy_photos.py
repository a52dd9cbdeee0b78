"""Copy the fixture photos out of the installed scikit-image, and check that they are the ones.

python tests/python/copy_photos.py
"""

import hashlib
import shutil
from importlib.util import find_spec
from pathlib import Path

PHOTOS = {
    "chelsea.png": "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
    "coffee.png": "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
}


def main() -> None:
    """Write the photos into tests/fixtures/photos."""
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        raise SystemExit("scikit-image is missing: pip install scikit-image")
    folder = Path(__file__).parents[1] / "fixtures" / "photos"
    for name, expected in PHOTOS.items():
        copy = Path(shutil.copyfile(Path(spec.origin).parent / "data" / name, folder / name))
        if hashlib.sha256(copy.read_bytes()).hexdigest() != expected:
            raise SystemExit(f"{name} of this scikit-image is another picture")


if __name__ == "__main__":
    main()
