"""XLSX files in and out: the only package that knows openpyxl, which takes 16 MB and a while to read."""
