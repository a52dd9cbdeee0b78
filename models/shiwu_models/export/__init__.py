"""PyTorch to ONNX: where a model comes from, and both of torch's exporters."""
