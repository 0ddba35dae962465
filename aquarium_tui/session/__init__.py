"""A choice becomes one frozen view: policy, caches, segments and remarks in one place."""
