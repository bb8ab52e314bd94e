"""运行: is the system ready, what does it measure, when did the scheduler last show itself."""
