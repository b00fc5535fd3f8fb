"""The space of formulations: parameters, constraints, exact feasibility, encoding."""
