"""Lists as files: exactly the rows and columns of the page, for whoever may take them out, in Excel, CSV or PDF."""
