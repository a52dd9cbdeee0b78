"""A model as a web service: FastAPI in front of ONNX Runtime."""
