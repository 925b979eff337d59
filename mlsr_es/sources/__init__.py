"""Reading collections: HTML manuals, AToMiC rows, folders of images, and known collections by name."""
