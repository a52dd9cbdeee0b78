"""Chinese names: the tables that ship, and what people's label files look like."""
