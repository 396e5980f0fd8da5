"""What a kiosk does without: a command line that comes with a library, and memory for nothing."""

import subprocess
import sys

SPARING = """
import sys
from kiosk.memory import give_back, spare
spare()
import httpx
with httpx.Client() as client:
    client.build_request("GET", "http://127.0.0.1/")
give_back()
print(sorted({"rich", "click", "pygments"} & set(sys.modules)))
"""


def test_the_network_s_library_works_without_its_command_line():
    answer = subprocess.run(
        [sys.executable, "-c", SPARING], capture_output=True, text=True, check=True
    )
    assert answer.stdout == "[]\n"


def test_without_sparing_the_command_line_would_be_loaded():
    plain = SPARING.replace("\nspare()\n", "\n")
    answer = subprocess.run(
        [sys.executable, "-c", plain], capture_output=True, text=True, check=True
    )
    assert answer.stdout == "['click', 'pygments', 'rich']\n"
