"""Other solvers on yjopt's own matrix, each in a process of its own.

What runs in that process (everything here but `running`) imports numpy, scipy and the solver alone: OR-Tools may not
share a process with highspy, and its environment does not have yjopt.
"""
