"""From a section to images: encode, query, explain each hit by the terms that matched."""
