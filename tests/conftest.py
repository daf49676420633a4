"""What every test shares; its place puts this folder on the path, so `import builders` works."""

import signal

from hypothesis import settings

# The same examples every time, however slow the machine.
settings.register_profile("deterministic", derandomize=True, deadline=None)
settings.load_profile("deterministic")

# A shell starts its background jobs with Ctrl-C ignored, and the engine leaves it so: then tests
# that press it would wait for searches of hours.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["report_fixtures"]
