"""Is this Python good enough for models/? Prints JSON; run by scripts/toolchain/python.mjs.

Needs nothing but the standard library and the `packaging` that pip carries.
"""

import json
import sys
import sysconfig
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

answer = {
    "python": ".".join(map(str, sys.version_info[:3])),
    "packages": sysconfig.get_path("purelib"),
    "torch": None,
    "missing": [],
}
if sys.version_info >= (3, 11):
    import tomllib

    try:
        from packaging.requirements import Requirement
    except ImportError:
        from pip._vendor.packaging.requirements import Requirement

    project = tomllib.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"]]
    for name, extra in project["optional-dependencies"].items():
        if name != "mobile":  # in an environment of its own: models/README.md
            wanted += extra
    answer["wanted"] = wanted
    for text in wanted:
        requirement = Requirement(text)
        try:
            there = version(requirement.name)
        except PackageNotFoundError:
            there = None
        if there is None or not requirement.specifier.contains(there, prereleases=True):
            answer["missing"].append(f"{text} (here: {there or 'none'})")
        elif requirement.name == "torch":
            try:
                import torch

                torch.zeros(1)
                answer["torch"] = there
            except Exception as error:  # a broken build: a missing shared library, say
                answer["missing"].append(f"{text} (here: {there}, but {error})")
print(json.dumps(answer))
