"""Embeddings by OpenAI's Python client: only the address changes.

    pip install openai
    WEIR_URL=http://127.0.0.1:8080 WEIR_KEY=weir-… WEIR_EMBEDDING_MODEL=bge-m3 python examples/embeddings.py

The model is one of weir.yaml with `kind: embedding`.
"""

import math
import os

import openai

client = openai.OpenAI(base_url=os.environ.get("WEIR_URL", "http://127.0.0.1:8080") + "/v1", api_key=os.environ["WEIR_KEY"])
model = os.environ.get("WEIR_EMBEDDING_MODEL", "bge-m3")

texts = ["Everybody has 25 days of leave a year.", "The office is closed on Sundays.", "Invoices are paid within 30 days."]
question = "How many days of leave does everybody have?"

# One call for all of them. The client asks for base64 by itself, which is a quarter of the bytes.
made = client.embeddings.create(model=model, input=[question, *texts])
asked, *known = [item.embedding for item in made.data]


def likeness(a, b):
    return sum(x * y for x, y in zip(a, b)) / (math.hypot(*a) * math.hypot(*b))


for score, text in sorted(((likeness(asked, vector), text) for vector, text in zip(known, texts)), reverse=True):
    print(f"{score:.3f}  {text}")
print(f"{len(made.data)} vectors of {len(asked)} numbers, {made.usage.prompt_tokens} tokens, {made.weir['costMicroUsd']} micro-dollars")

# A model that answers chats makes no vectors, and says so.
try:
    client.embeddings.create(model=os.environ.get("WEIR_MODEL", "auto"), input=question)
except openai.BadRequestError as error:
    print(error.status_code, error.param)
