"""Search over everything that the rooms below show: clients, companies, people and pages."""
