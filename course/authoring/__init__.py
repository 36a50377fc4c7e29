"""The author's side: exercise stubs from solutions, executed chapters, the site, verification."""
