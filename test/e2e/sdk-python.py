"""The official Python client against a server, unmodified. Prints one JSON line of what it saw; fails by assertion."""

import json
import sys

import openai
from openai import OpenAI

base_url, key, limited_key, admin_key = sys.argv[1:5]
client = OpenAI(base_url=base_url, api_key=key, max_retries=0)
user = lambda content: [{"role": "user", "content": content}]
cases = 0


def case(holds: bool, name: str) -> None:
    global cases
    assert holds, name
    cases += 1


answer = client.chat.completions.create(model="m", messages=user("parts=7"))
text = answer.choices[0].message.content
case(text and answer.usage.completion_tokens == 7, "whole")
pieces = [
    chunk.choices[0].delta.content or "" if chunk.choices else ""
    for chunk in client.chat.completions.create(model="m", messages=user("parts=7"), stream=True)
]
case("".join(pieces) == text, "streamed")
chunks = list(
    client.chat.completions.create(model="m", messages=user("parts=7"), stream=True, stream_options={"include_usage": True})
)
case(chunks[-1].usage.completion_tokens == 7 and chunks[-1].choices == [], "include_usage")

tools = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}, "additionalProperties": False}, "strict": True}}]
whole = client.chat.completions.create(model="m", messages=user("tools=2"), tools=tools, tool_choice="required")
case([json.loads(c.function.arguments)["city"] for c in whole.choices[0].message.tool_calls] == ["Oslo", "Oslo"], "tools")
with client.chat.completions.stream(model="m", messages=user("tools=2"), tools=tools) as stream:
    kinds = [event.type for event in stream]
    final = stream.get_final_completion()
case("tool_calls.function.arguments.delta" in kinds and len(final.choices[0].message.tool_calls) == 2, "tool deltas")

schema = {"type": "json_schema", "json_schema": {"name": "thing", "schema": {"type": "object"}, "strict": False}}
case(client.chat.completions.create(model="m", messages=user("hi"), response_format=schema).choices[0].finish_reason == "stop", "schema")
several = client.chat.completions.create(model="m", messages=user("parts=3"), n=2, stop=["END"], logprobs=True, top_logprobs=1)
case([len(c.logprobs.content) for c in several.choices] == [3, 3], "n, logprobs")
image = [{"type": "text", "text": "what?"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}]
messages = [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": image}]
case(client.chat.completions.create(model="m", messages=messages).choices[0].finish_reason == "stop", "image, developer")
short = client.chat.completions.create(model="m", messages=user("parts=50"), max_completion_tokens=5, extra_body={"top_k": 4})
case(short.choices[0].finish_reason == "length", "max_completion_tokens")
rag_raw = client.chat.completions.with_raw_response.create(model="m", messages=user("parts=2"))
case(rag_raw.headers["x-weir-request-id"].startswith("req_"), "raw response")

# The client asks for base64 by itself, and hands out floats.
vectors = client.embeddings.create(model="vectors", input=["one text", "another"], dimensions=6)
case([len(item.embedding) for item in vectors.data] == [6, 6] and vectors.usage.prompt_tokens == 3, "embeddings")
floats = client.embeddings.create(model="vectors", input=["one text", "another"], dimensions=6, encoding_format="float")
case([item.embedding for item in floats.data] == [item.embedding for item in vectors.data], "embeddings, base64 as float")
case(len(client.embeddings.create(model="vectors", input=[[1, 2], [3]]).data) == 2, "embeddings of tokens")

case("m" in [model.id for model in client.models.list()] and client.models.retrieve("m").id == "m", "models")
made = [client.files.create(file=(f"d{i}.txt", f"words {i}".encode()), purpose="user_data") for i in range(3)]
case([f.id for f in client.files.list(limit=1, order="asc") if f.id in {m.id for m in made}] == [m.id for m in made], "files, paged")
case(client.files.retrieve(made[0].id).bytes == 7 and client.files.content(made[0].id).read() == b"words 0", "file")
store = client.vector_stores.create(name="python")
added = client.vector_stores.files.create_and_poll(file_id=made[1].id, vector_store_id=store.id)
case(added.status == "completed", "create_and_poll")
case([f.id for f in client.vector_stores.files.list(store.id)] == [made[1].id], "store files")
case(client.vector_stores.search(store.id, query="words").data[0].file_id == made[1].id, "search")
case(client.vector_stores.files.delete(made[1].id, vector_store_id=store.id).deleted, "store file deleted")
case(client.vector_stores.retrieve(store.id).file_counts.total == 0, "counts")
case(client.vector_stores.delete(store.id).deleted and client.files.delete(made[0].id).deleted, "deleted")


def refused(error, code, ask) -> None:
    try:
        ask()
    except error as caught:
        case(type(caught) is error and caught.code == code, f"{error.__name__}: {caught.code}")
        return
    raise AssertionError(f"{error.__name__} was not raised")


ask = lambda key=key, **body: OpenAI(base_url=base_url, api_key=key, max_retries=0).chat.completions.create(
    **{"model": "m", "messages": user("hi"), **body}
)
ask(limited_key)
refused(openai.AuthenticationError, "invalid_api_key", lambda: ask("wrong"))
refused(openai.PermissionDeniedError, "forbidden", lambda: ask(admin_key))
refused(openai.NotFoundError, "model_not_found", lambda: ask(model="gpt-9"))
refused(openai.BadRequestError, "body_invalid", lambda: ask(temperature=9))
refused(openai.RateLimitError, "rate_limit_exceeded", lambda: ask(limited_key))
refused(openai.InternalServerError, "target_failed", lambda: ask(messages=user("status=500")))
refused(openai.BadRequestError, "body_invalid", lambda: client.embeddings.create(model="vectors", input=""))
refused(openai.NotFoundError, "model_not_found", lambda: client.embeddings.create(model="gpt-9", input="x"))
try:
    for _ in ask(messages=user("fault=reset parts=400"), stream=True):
        pass
    raise AssertionError("a broken stream ended well")
except openai.APIError:
    cases += 1

print(json.dumps({"cases": cases, "version": openai.__version__}))
