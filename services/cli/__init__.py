"""The command line: verbs over the campaign service, for people and for scripts. Decides nothing."""
