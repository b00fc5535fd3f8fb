"""The services side of meguri: what keeps, reads, learns from and shows a campaign's data."""
