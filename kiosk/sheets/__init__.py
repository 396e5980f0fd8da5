"""Goods as a table: CSV and XLSX read, checked against the catalogue, and written.

``read`` makes rows of a file, ``columns`` says what stands where, ``preview`` compares rows and
catalogue, ``write`` makes files. Nothing here changes the catalogue: a preview without faults
holds the products that may be saved, all of them or none.
"""
