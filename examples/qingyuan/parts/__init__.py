"""The parts of the Qingyuan scenario: each module makes the rows of a few tables."""
