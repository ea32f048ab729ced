"""How well the two work together, from the record alone."""
