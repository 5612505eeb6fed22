"""`python -m ctcase` is the command line."""

import sys

from ctcase.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
