"""Makes the data of the article: pairs, models, embeddings and what is derived from them."""
