"""What the site is measured with: a made-up library of any size. Nothing here runs on a site that people use."""
