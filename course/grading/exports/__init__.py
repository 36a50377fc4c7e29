"""What a gradebook, or one result, becomes in the formats of others.

Each module turns results into one format and knows nothing of the others: `table` (CSV), `canvas`,
`junit`, `feedback` (HTML), `gradescope`, `classroom50`. `graded` reads what they all start from.
Names and texts in results come from strangers: every format neutralises what could act in it.
"""
