"""The Azure Batch service: the only room that knows azure and tenacity."""
