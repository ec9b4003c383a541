"""The guided first start of an office: from no connection to colleagues who read the first figures."""
