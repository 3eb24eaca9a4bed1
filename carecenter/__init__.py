"""CareCenter, the desk of the 164 hotline's agents. Only the version lives here."""

__version__ = "0.1.0"
