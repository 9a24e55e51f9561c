"""The drivers that come with playout; each is found through the entry points of the package."""
