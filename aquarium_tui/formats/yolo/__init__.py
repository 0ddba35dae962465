"""YOLO: a text file per image with boxes or polygons, and a `data.yaml` that names the classes."""
