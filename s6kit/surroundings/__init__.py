"""What the rest of a work tree does to its service trees: Dockerfiles, templates, scripts that run before."""
