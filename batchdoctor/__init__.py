"""batchdoctor: says what is wrong in an Azure Batch account, and what to type next."""

__version__ = "0.1.0"
