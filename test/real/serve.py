"""serve.py MODEL TEMPLATE PORT: llama.cpp's own server on loopback, until its standard input ends.

Its parent holds that input, so that it never outlives it, however the parent ends.
"""

import os
import sys

import xllamacpp

model, template, port = sys.argv[1:]
params = xllamacpp.CommonParams()
params.model.path = model
params.model_alias = {"gemma-3-270m"}
params.port = int(port)
params.n_ctx = 2048
# One at a time: the next request is answered only once the one before is given up.
params.n_parallel = 1
params.embedding = True
params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
params.use_jinja = True
with open(template, encoding="utf-8") as file:
    params.chat_template = file.read()
server = xllamacpp.Server(params)
print("listening at", server.listening_address, flush=True)
sys.stdin.read()
os._exit(0)
