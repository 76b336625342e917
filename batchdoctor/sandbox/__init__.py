"""An Azure Batch account in a box: speaks the REST protocol on loopback; shares no code with the client."""
