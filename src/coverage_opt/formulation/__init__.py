"""The mathematics: the only part that imports the modelling language."""
