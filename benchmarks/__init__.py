"""Measurements of yjopt: cases, phases, and a plain reference model in PuLP to measure against."""
