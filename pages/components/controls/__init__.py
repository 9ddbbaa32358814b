"""What the address says and the widgets bound to it: fields, forms, views, and what a session keeps."""
