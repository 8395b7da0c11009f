"""What was computed elsewhere: embeddings, or matrices of similarities, with what they are of.

`published` and `embeddings` read the two layouts into a `Collection`; `analysis` derives from it
what an article shows; `writing` puts that into the article's data folder.
"""
