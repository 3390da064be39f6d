"""Scaffold, lint and prove service trees supervised by s6."""

__version__ = "0.1.0"
