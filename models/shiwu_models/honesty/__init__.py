"""Calibration and honest answers: what a score means, and when to name no more than a category."""
