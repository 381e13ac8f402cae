"""Scenarios (通しの例): a woman's way through the agencies, step by step, at the days it is told of.

Everybody and every place in them is invented: 青葉県 and 白浜県 are nowhere.
"""
