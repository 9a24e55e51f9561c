"""The routes of the control API, one module a noun."""
