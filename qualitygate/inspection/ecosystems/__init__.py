"""What the manifests of each ecosystem say: one module per ecosystem, listed in `catalogue.py`."""
