"""What was decided, by whose keys."""
