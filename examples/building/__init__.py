"""What the builders of the examples share."""
