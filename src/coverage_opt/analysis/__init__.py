"""What is learned from several plans together: of planning for uncertainty, and of each rule."""
