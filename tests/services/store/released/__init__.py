"""Rows of small real campaigns, each as the code of a released schema wrote them, and what that code said of them."""
