"""Playing (実行): a scenario out of a file, played against a live installation from outside.

Nothing here opens a log, a database or a service: there is an address, and a token for each member
of staff. What an agency sees is what it is answered.
"""
