"""Pairs of other people: pictures with captions as they lie on disk, one module a layout.

A reader turns a layout into rows, and whatever is no row into an error that says where it stands;
`selection` decides which rows become pairs, `listed` hands out their pictures. Captions and paths
of all rows are in memory, pictures are not: they are opened one by one, when asked for.
"""
