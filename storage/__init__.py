"""The record: tables, queries, transactions and migrations. No rule and no word of a conversation."""
