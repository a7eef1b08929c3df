"""The process that runs an integration for the platform. It needs Python 3.9 and numpy alone."""
