# After {{restarts}} deaths in a minute s6 is told, by 125, not to start it again.
s6-permafailon 60 {{restarts}} 0-255,{{signals}} true
