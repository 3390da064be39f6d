"""What stops s6kit: errors that the user can mend, told in one line."""

from __future__ import annotations


class Fatal(Exception):
    """s6kit cannot go on; the message reads `unable to <verb> <object>: <reason>`."""


class KnowledgeError(Fatal):
    """A knowledge file is not sound; the message names file, line and column."""


class RuleCrash(Exception):
    """A rule raised, which is an error of ours; the message names the rule and the service."""


class ConfigError(Fatal):
    """A file that people write for s6kit is not sound; the message names file, line and column."""
