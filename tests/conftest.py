"""What every test shares; its place puts this folder on the path, so `import builders` works."""

from hypothesis import settings

# The same examples every time, however slow the machine.
settings.register_profile("deterministic", derandomize=True, deadline=None)
settings.load_profile("deterministic")

pytest_plugins = ["report_fixtures"]
