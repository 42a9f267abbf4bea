"""How each tool gets its place in a plan, one module per kind of decision; `bootstrap.compose` lists them."""
