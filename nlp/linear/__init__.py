"""The linear model: what a text says, from its character n-grams, in some tens of microseconds.

Owns features, weights, inference, training and measuring of this one model. Knows no feedback, no tags,
no spans: texts in, numbers out.
"""
