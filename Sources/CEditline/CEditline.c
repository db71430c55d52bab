// Filled in by its target.
