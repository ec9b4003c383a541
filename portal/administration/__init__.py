"""Pages of administrators and auditors: the audit trail."""
