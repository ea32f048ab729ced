"""The conversation: requests in, replies out. No platform's SDK, and nothing asynchronous."""
