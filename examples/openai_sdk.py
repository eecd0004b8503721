"""Weir by OpenAI's Python client: only the address changes.

    pip install openai
    WEIR_URL=http://127.0.0.1:8080 WEIR_KEY=weir-… python examples/openai_sdk.py
"""

import os

import openai

client = openai.OpenAI(base_url=os.environ.get("WEIR_URL", "http://127.0.0.1:8080") + "/v1", api_key=os.environ["WEIR_KEY"])
model = os.environ.get("WEIR_MODEL", "auto")

# An answer from a document. `rag` is Weir's own field, and `weir` in the answer says where it came from and what it cost.
store = client.vector_stores.create()
added = client.vector_stores.files.upload_and_poll(
    vector_store_id=store.id, file=("leave.md", b"# Leave\n\nEverybody has 25 days of leave a year.\n")
)
question = [{"role": "user", "content": "How many days of leave does everybody have?"}]
rag = {"rag": {"enabled": True, "collection": store.id}}
answer = client.chat.completions.create(model="extractive", messages=question, extra_body=rag)
print(answer.choices[0].message.content)
for citation in answer.weir["citations"]:
    print(f"[{citation['index']}] {citation['filename']}: {citation['quote']}")
print(f"by {answer.weir['model']}, {answer.weir['costMicroUsd']} micro-dollars, receipt {answer.weir['receipt']}")

# A stream; from the document too, by a model where there is one.
for chunk in client.chat.completions.create(model=model, messages=question, extra_body=rag, stream=True, max_tokens=50):
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="")
print()

client.vector_stores.delete(store.id)
client.files.delete(added.id)

# A refusal is one of the client's own classes.
try:
    client.chat.completions.create(model="no-such-model", messages=question)
except openai.NotFoundError as error:
    print(error.status_code, error.code)
