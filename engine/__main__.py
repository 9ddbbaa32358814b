"""`python -m engine`: see `engine.command_line`."""

from engine.command_line import main

if __name__ == "__main__":
    raise SystemExit(main())
