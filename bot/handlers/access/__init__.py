"""Who may see and do what, and how platforms are joined."""
