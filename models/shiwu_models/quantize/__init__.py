"""Fewer bytes: int8 weights, compact int8 weights, full int8, float16."""
