"""What security costs, and what it saves."""
