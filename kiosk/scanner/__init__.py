"""Reading barcodes: camera thread, decoders, gate, debounce, USB scanners."""
