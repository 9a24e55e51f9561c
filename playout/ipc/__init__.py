"""How the programs meet: air files, sockets, and a player's published frame."""
