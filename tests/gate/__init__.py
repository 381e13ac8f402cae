"""What a sceptic holds against the gate (検査): it reads the log, and nothing else of ours."""
