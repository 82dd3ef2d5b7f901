import sys

from backing.elasticsearch import main

sys.exit(main())
