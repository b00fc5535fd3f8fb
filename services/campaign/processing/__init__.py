"""From measurements to features: which recipe a measurement goes through, and taking all of them through theirs."""
