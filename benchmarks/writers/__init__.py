"""Modelling packages given the finished matrix: what it takes them merely to hold it.

Labels are integers already, pairs are found and joined, every entry stands in an array. That favours them: an analyst
has all that to do as well. What `yjopt` is compared with is therefore less than what they would need.
"""
