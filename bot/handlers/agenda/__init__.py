"""What the next sync is about."""
