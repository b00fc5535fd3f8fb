"""Files in and out: what a person or an instrument wrote becomes values, and values become files a person can open."""
