"""`/api/v1`: what phones and other systems call. Errors are problem documents, times carry their offset."""
