"""The commands of ``carecenter-server``, one noun a file. They ask, call the centre and say what came of it."""
