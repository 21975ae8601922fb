"""Corpus -> the formats other people's tools read: COCO, BOP, Marigold's Hypersim, pairs for image editors."""
