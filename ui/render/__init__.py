"""Records into escaped HTML, a module for each region of the page; ui/html/markup.py does the escaping."""
