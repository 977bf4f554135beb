"""The parts of the Yuanbaoshan scenario: each module makes the rows of a few tables."""
