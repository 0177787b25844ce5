"""What our pages cost beside a bare Flask: the same server, the same client, measured in turns.

docs/performance.md says what is measured and keeps the results.
"""

import sys

# A site does not have what only the tests' tools bring, and what structlog and mako load where they find it.
for missing in ("pygments", "rich"):
    sys.modules[missing] = None  # type: ignore[assignment] # as Python itself notes what cannot be imported
