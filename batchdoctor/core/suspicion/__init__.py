"""Is this node failing more than its pool and its jobs explain?"""
