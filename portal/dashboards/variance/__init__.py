"""What two periods or runs of a company came to, side by side: portal/dashboards/variance, docs/variance.md."""
