"""The model of docs/concepts/model.md and command.md, variable by variable and row by row, one file a family."""
