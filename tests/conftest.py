"""Properties are the same on every machine and on every run."""

from hypothesis import settings

settings.register_profile(
    "sentences", derandomize=True, deadline=None, database=None, max_examples=60
)
settings.load_profile("sentences")
