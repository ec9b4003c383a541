"""Records of the firm as rows of the contract: element name to value. What is left out is unset."""
