"""Texts written for training and testing the taggers, with their labels: no real person said them."""
