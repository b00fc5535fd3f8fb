"""Quality control of measurements beside each other: what to doubt, and what an unattended run does about it."""
