"""What does this pid become? The walk through a script: `follow` it, statement by statement."""
