"""Makes the data of the article: pairs, models, trainings, embeddings, projections, export."""
