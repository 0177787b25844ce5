"""What we hand out: leaflets, rebuilt from what is uploaded, looked at, published, withdrawn."""
