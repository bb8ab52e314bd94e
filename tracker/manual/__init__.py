"""帮助：使用手册 docs/manual.md 在系统里的样子。"""
