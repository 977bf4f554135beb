"""Engines: they know matrices and start vectors, nothing of towns."""
