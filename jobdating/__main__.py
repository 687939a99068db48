"""`python -m jobdating`: the same commands as the console script."""

from jobdating.cli import main

if __name__ == "__main__":
    main()
