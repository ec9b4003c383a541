"""What the panels of a client and of a company add up: wage cost, people, absence, departments, cost centres."""
