"""What is in an .onnx: structure, sizes, arithmetic, metadata, and where it runs in a browser."""
