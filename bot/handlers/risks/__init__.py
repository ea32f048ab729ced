"""What could go wrong, what is done about it, and what is accepted."""
