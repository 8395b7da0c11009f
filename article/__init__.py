"""The article: the format of its data, its text, and the code that makes a page of them."""
