"""`python -m qualitygate`."""

import os
import sys

if sys.path and sys.path[0] in ("", os.getcwd()):
    # `-m` puts the current directory first, and with it a `json.py` that somebody left in the repository.
    del sys.path[0]

from qualitygate.cli import main

raise SystemExit(main())
