"""What ``inspect`` says of the wasm backend, held against that backend itself, under Node."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from onnx import ModelProto, TensorProto, defs, helper

from conftest import ROOT
from shiwu_models.inspection.structure import inferred
from shiwu_models.inspection.web_support import web_support

RUNTIME = ROOT / "node_modules" / "onnxruntime-web"
SCRIPT = """
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';
const [runtime, folder] = process.argv.slice(1);
const ort = await import(pathToFileURL(`${runtime}/dist/ort.wasm.min.mjs`));
ort.env.wasm.numThreads = 1;
const opens = {};
for (const file of fs.readdirSync(folder)) {
  try {
    const bytes = new Uint8Array(fs.readFileSync(`${folder}/${file}`));
    const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4 });
    await session.release();
    opens[file] = true;
  } catch {
    opens[file] = false;
  }
}
process.stdout.write(JSON.stringify(opens));
"""

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not RUNTIME.is_dir(),
    reason="needs Node and node_modules (npm ci)",
)


def unary(operator: str, kind: int, opset: int = 14, domain: str = "") -> ModelProto:
    node = helper.make_node(operator, ["x"], ["y"], domain=domain)
    graph = helper.make_graph(
        [node],
        operator,
        [helper.make_tensor_value_info("x", kind, [1, 3, 8, 8])],
        [helper.make_tensor_value_info("y", kind, [1, 3, 8, 8])],
    )
    domains = [helper.make_opsetid("", opset)]
    if domain:
        domains.append(helper.make_opsetid(domain, 1))
    return helper.make_model(graph, opset_imports=domains, ir_version=8)


def models() -> dict[str, ModelProto]:
    kinds = (
        TensorProto.FLOAT,
        TensorProto.FLOAT16,
        TensorProto.DOUBLE,
        TensorProto.INT8,
        TensorProto.INT64,
    )
    operators = ("Relu", "Sign", "Erf", "Sin", "Ceil", "Softplus", "HardSwish", "Elu")
    cases = {f"{op}-{kind}": unary(op, kind) for op in operators for kind in kinds}
    newest = web_support(unary("Relu", TensorProto.FLOAT)).newest_opset
    for opset in (7, 13, 22, min(newest, defs.onnx_opset_version())):
        cases[f"Identity-opset{opset}"] = unary("Identity", TensorProto.FLOAT, opset)
    cases["Celu"] = unary("Celu", TensorProto.FLOAT)
    cases["Mish"] = unary("Mish", TensorProto.FLOAT, 18)
    cases["Swirl"] = unary("Swirl", TensorProto.FLOAT, 13, "my.own")
    cases["QuickGelu"] = unary("QuickGelu", TensorProto.FLOAT, 13, "com.microsoft")
    cases["Binarizer"] = unary("Binarizer", TensorProto.FLOAT, 13, "ai.onnx.ml")
    return cases


def test_the_browsers_runtime_opens_what_inspect_says_it_does(tmp_path: Path) -> None:
    expected = {}
    for name, model in models().items():
        (tmp_path / name).write_bytes(model.SerializeToString())
        (support,) = web_support(inferred(model, None)).operators
        expected[name] = support.wasm != "no"
    assert len(set(expected.values())) == 2
    command = ["node", "--input-type=module", "-e", SCRIPT, str(RUNTIME), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == expected


def test_the_runtime_refuses_an_opset_newer_than_inspect_says_it_takes(tmp_path: Path) -> None:
    newest = web_support(unary("Relu", TensorProto.FLOAT)).newest_opset
    if defs.onnx_opset_version() <= newest:
        pytest.skip("this onnx knows no newer opset")
    model = unary("Identity", TensorProto.FLOAT, newest + 1)
    (tmp_path / "newer").write_bytes(model.SerializeToString())
    command = ["node", "--input-type=module", "-e", SCRIPT, str(RUNTIME), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"newer": False}


def test_the_data_is_of_the_version_that_the_page_ships() -> None:
    installed = json.loads((RUNTIME / "package.json").read_text(encoding="utf-8"))["version"]
    told = web_support(unary("Relu", TensorProto.FLOAT)).onnxruntime_web
    assert told.split(".")[:2] == installed.split(".")[:2], "run inspection.make_ort_web"
