"""What the pages of practices show, prepared so that templates only draw it."""
