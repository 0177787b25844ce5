"""What readers see composed: each page asks the features' queries and lays their parts out."""
