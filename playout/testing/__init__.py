"""What drivers are tested with, ours and others': it ships, so that a driver project needs nothing else."""
