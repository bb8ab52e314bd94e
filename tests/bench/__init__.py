"""How fast pages and jobs are: on PostgreSQL, behind real processes, beside a bare page (`dev.py bench`)."""
