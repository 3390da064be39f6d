"""A repository that keeps its services: what its manifest records, and how that is brought up to date."""
