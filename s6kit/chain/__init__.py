"""Programs that run the rest of their command line: `peel` takes them off, `loaders` is the table."""
