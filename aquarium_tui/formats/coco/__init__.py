"""COCO JSON: instances with images, annotations and categories; results as a list of boxes with scores."""
