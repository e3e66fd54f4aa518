"""Exports of other products, turned into the shape of `muster.yml`. One module a product."""
