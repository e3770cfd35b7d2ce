"""A small stand-in of the Cocoom host (Pyramid): bases, people, threads, posts, and its plugins.

It keeps the promises that ``cocoom_hooks`` makes in the host's name and shows them on readable pages. It is
not Cocoom: the product documents neither hooks nor its inside (cocoom.md 0), and this runs on loopback alone.
"""
