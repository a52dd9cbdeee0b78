"""Do PyTorch, ONNX Runtime and the browser's path agree, and where do they part?"""
