"""The doors to the engine: pages, REST API, streams and the command line.

The numeric libraries read how many threads they may use when NumPy is first imported, so the
number is fixed here, before anything else of the service is. One thread each: several small
products at once waste more time agreeing than multiplying.
"""

import os

THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")

for _name in THREAD_VARIABLES:
    os.environ[_name] = "1"
