"""Models that others have trained and published, as encoders; and encoders of one's own.

Weights are read without running anything that a file holds. README.md lists the names.
"""
