"""What two models cost on this machine."""
