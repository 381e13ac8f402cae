"""Scenarios (通しの例): a woman's way through the agencies, step by step, day by day.

Everybody and every place in them is invented: 青葉県 and 白浜県 are nowhere.
"""
