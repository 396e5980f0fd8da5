"""Reading barcodes: camera thread, decoders, gate, debounce, USB scanners."""

import os

# Stage 2 solves many small problems. Threads of the linear algebra would only spin beside it and
# take the window's cores; numpy reads this once, when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
