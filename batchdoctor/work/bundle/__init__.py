"""Bundles: what an account said at a moment, in one file, and questions asked of it later."""
