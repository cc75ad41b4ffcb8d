"""What will be measured: cells, what does not apply and why, how long it will take."""
