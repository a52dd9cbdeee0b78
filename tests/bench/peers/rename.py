"""Renames the input and outputs of an .onnx to what transformers.js looks for; weights stay as they are.

python rename.py FROM.onnx TO.onnx
"""

import sys

import onnx

NAMES = {"input": "pixel_values", "output": "logits"}


def main() -> None:
    source, target = sys.argv[1:3]
    model = onnx.load(source)
    graph = model.graph
    for value in [*graph.input, *graph.output]:
        value.name = NAMES.get(value.name, value.name)
    for node in graph.node:
        node.input[:] = [NAMES.get(name, name) for name in node.input]
        node.output[:] = [NAMES.get(name, name) for name in node.output]
    onnx.save(model, target)


if __name__ == "__main__":
    main()
