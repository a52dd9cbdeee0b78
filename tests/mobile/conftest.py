"""The phone's formats, in an environment of their own: ``npm run test:mobile``."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models"))

BUNDLE = ROOT / "models" / "bundles" / "lite0" / "lite0.onnx"
PHOTOS = sorted((ROOT / "tests" / "fixtures" / "photos").glob("*.png"))
