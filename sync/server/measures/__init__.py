"""What the centre can say of a shop, a region and the country: figures, never names."""
