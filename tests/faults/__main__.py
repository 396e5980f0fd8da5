"""``python -m tests.faults``; thin, because every child that is killed loads it again."""

import sys

from tests.faults.runner import main

if __name__ == "__main__":
    sys.exit(main())
