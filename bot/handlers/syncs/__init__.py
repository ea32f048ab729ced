"""When the two meet, what comes before it and what is left of it."""
