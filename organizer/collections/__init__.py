"""What a newspaper's editor and readers get: statements, quotes and photos in an order, under an editor's note."""
