"""Every command in every state of a meeting, of every kind: it goes on as the table says."""



