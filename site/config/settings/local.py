"""For trying it on one machine: `make run` uses this."""

from .base import *
from .base import env, secret_key_of_this_place

SECRET_KEY = env("SECRET_KEY", default="") or secret_key_of_this_place()
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *env.list("ALLOWED_HOSTS", default=[])]
