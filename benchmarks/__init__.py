"""The measurements that the README quotes, each a module to be run with `python -m`."""
