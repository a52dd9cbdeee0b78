"""The same model for phones: LiteRT (Android and others) and Core ML (Apple)."""
