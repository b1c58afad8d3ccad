"""The languages whose questions are understood, by rules of their own."""

SPOKEN = tuple("en de fr es it pt nl ru zh ja ko pl ar tr uk hi".split())
