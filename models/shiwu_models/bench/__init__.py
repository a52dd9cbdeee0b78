"""How fast, how much memory, how long until the first answer: each engine in its own process."""
