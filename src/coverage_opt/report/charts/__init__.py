"""Charts as Vega-Lite, made with Altair: what they show comes from the tables of the figures."""
