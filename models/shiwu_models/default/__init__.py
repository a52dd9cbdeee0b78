"""The models that ship: registry packages to bundles."""
