"""The model of docs/concepts/model.md written down variable by variable and row by row, one file a family."""
