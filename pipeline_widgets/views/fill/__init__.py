"""What models put into a blank."""
