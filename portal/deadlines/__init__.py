"""When something is due for a company: pay day, wage-tax return, pension return, and who sees to it."""
