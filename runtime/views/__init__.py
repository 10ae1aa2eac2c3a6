"""Views: parts of a window that a request may ask for, and how JSON shows them."""
