"""Changes that are to come on a day: asked for in one sheet, told in one notice, whatever they are a change of."""
