"""Inference sets straight from training frameworks, and datasets to and from FiftyOne.

Each module takes one framework, and imports it only when it is used: `ultralytics`, `lightning`,
`transformers`, `torchmetrics`, `supervision`, `fiftyone`.
"""
