"""A choice becomes one frozen view: the policy for what it leaves open, caches, segments and remarks."""
