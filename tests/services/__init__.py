"""Skeletons proven by running them: `make test-services`, or `python -m tests.services nginx` for one.

Each case is declared under `test` in a `skeleton.yaml`; `declared` says what may stand there.
"""
