"""Properties are the same on every machine and on every run, and so is being told to stop."""

import signal

from hypothesis import settings

settings.register_profile(
    "sentences", derandomize=True, deadline=None, database=None, max_examples=60
)
settings.load_profile("sentences")

# What a shell runs in the background ignores an interrupt, and all that it starts does: what is
# told to stop here has to hear it.
signal.signal(signal.SIGINT, signal.default_int_handler)
