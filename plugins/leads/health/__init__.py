"""Health: what is watched, how it is, whose fault it is, who is told."""
