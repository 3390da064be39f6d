"""Which service trees lie under the paths of a command line."""
