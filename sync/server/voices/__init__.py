"""What shoppers suggested: read, handed from office to office, answered, shown, deleted."""
