"""Services run for real: little daemons of our own, watched by s6kit and by the real s6."""
