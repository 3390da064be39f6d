"""The knowledge base proven: every claim of `s6kit/daemons/known` is run, on Debian, in throw-away roots."""
