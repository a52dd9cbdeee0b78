"""shiwu_models: from a PyTorch model to one self-describing .onnx that the page can run.

Each step is a module with one purpose, and a command of the same name:

    zoo → fold → export → simplify → quantize → pack          (``make-default`` runs them all)
    preprocess → runtime → evaluate | golden                  (the proof)
"""

__version__ = "0.1.0"
