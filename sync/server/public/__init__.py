"""What everybody may see, with small counts left out."""
