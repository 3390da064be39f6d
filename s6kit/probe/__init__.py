"""Runs services and watches them: `observe` takes a `Run` and gives an `Observation`, nothing outlives it."""
