#!/bin/sh
# Weir by curl: a question, a stream, an answer from a document, and vectors where WEIR_EMBEDDING_MODEL names a model for them.
#   WEIR_URL=http://127.0.0.1:8080 WEIR_KEY=weir-… sh examples/curl.sh
set -eu
: "${WEIR_KEY:?set WEIR_KEY to a key of a tenant}"
url="${WEIR_URL:-http://127.0.0.1:8080}/v1"
model="${WEIR_MODEL:-auto}"
auth="authorization: Bearer $WEIR_KEY"
json="content-type: application/json"

echo "== Models that this key may use"
curl -fsS "$url/models" -H "$auth"

echo; echo "== A file, in a collection of its own"
file=$(printf '# Leave\n\nEverybody has 25 days of leave a year.\n' |
  curl -fsS "$url/files" -H "$auth" -F purpose=user_data -F "file=@-;filename=leave.md" | sed 's/.*"id":"\([^"]*\)".*/\1/')
store=$(curl -fsS "$url/vector_stores" -H "$auth" -H "$json" -d '{}' | sed 's/.*"id":"\([^"]*\)".*/\1/')
curl -fsS "$url/vector_stores/$store/files" -H "$auth" -H "$json" -d "{\"file_id\":\"$file\"}"

echo; echo "== An answer from it, with citations; \`extractive\` needs no model"
curl -fsS "$url/chat/completions" -H "$auth" -H "$json" -d '{
  "model": "extractive",
  "messages": [{"role": "user", "content": "How many days of leave does everybody have?"}],
  "rag": {"enabled": true, "collection": "'"$store"'"}
}'

echo; echo "== A stream, with usage in its last event; from the document too, by a model where there is one"
curl -fsSN "$url/chat/completions" -H "$auth" -H "$json" -d '{
  "model": "'"$model"'",
  "messages": [{"role": "user", "content": "How many days of leave does everybody have?"}],
  "rag": {"enabled": true, "collection": "'"$store"'"},
  "stream": true,
  "stream_options": {"include_usage": true},
  "max_tokens": 50
}'

if [ -n "${WEIR_EMBEDDING_MODEL:-}" ]; then
  echo; echo "== Vectors of two texts"
  curl -fsS "$url/embeddings" -H "$auth" -H "$json" -d '{
    "model": "'"$WEIR_EMBEDDING_MODEL"'",
    "input": ["Everybody has 25 days of leave a year.", "The office is closed on Sundays."]
  }'
fi

curl -fsS -X DELETE "$url/vector_stores/$store" -H "$auth" >/dev/null
curl -fsS -X DELETE "$url/files/$file" -H "$auth" >/dev/null
