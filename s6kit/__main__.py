"""`python -m s6kit`."""

from s6kit.cli import run

if __name__ == "__main__":
    run()
