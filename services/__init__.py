"""The service side of meguri: records, analyses, the store, the use cases and their thin edges."""
