"""The mathematical model: one file per family, whole arrays only. `assembly.assemble` puts them together."""
