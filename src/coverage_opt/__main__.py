"""``python -m coverage_opt`` is the command line."""

from coverage_opt.cli import main

if __name__ == "__main__":
    main()
