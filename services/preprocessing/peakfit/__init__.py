"""Full-pattern fits: components on a baseline, fitted together to what was measured, with honest errors."""
