"""Which known attacks concern the products that we run, told in plain words."""
