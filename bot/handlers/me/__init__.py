"""What is asked of one person, and when."""
