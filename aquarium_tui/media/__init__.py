"""The only place that opens images and masks: headers, sizes, EXIF, pixels, mask values."""
