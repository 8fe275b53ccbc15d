"""The index directory: immutable generations, durable writes, vectors, BM25."""
