"""From a skeleton and what is asked of it to the files of a service."""
