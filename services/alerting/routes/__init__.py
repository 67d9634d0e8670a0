"""HTTP, split by noun: each route names its permission, calls one function, and answers after the commit."""
