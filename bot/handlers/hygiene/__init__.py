"""What the two did themselves, and what they tell their colleagues."""
