"""One HTML file that shows all of a model: what it is, what was proven, what it costs."""
