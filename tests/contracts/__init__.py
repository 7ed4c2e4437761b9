"""Contracts: plain functions that every implementation of a part must pass."""
