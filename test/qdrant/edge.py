"""Qdrant's own engine (qdrant-edge-py: a shard in this process) behind the REST calls that Weir makes, on a socket.

There is no server to be had as a package, and this is the code that a server runs: its points, filters, payload indexes and HNSW.
What is not here are its sharding, replication and its reading of JSON. Usage: edge.py FOLDER PORT.
"""

import json
import os
import shutil
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from urllib.parse import urlsplit
from uuid import UUID

import qdrant_edge as edge

ROOT = sys.argv[1]
SHARDS = {}
LOCK = Lock()
DONE = {"operation_id": 0, "status": "completed"}


def condition(raw):
    if "match" in raw:
        return edge.FieldCondition(key=raw["key"], match=edge.MatchValue(value=raw["match"]["value"]))
    return edge.FieldCondition(key=raw["key"], range=edge.RangeFloat(**raw["range"]))


def filter_of(body):
    raw = body.get("filter")
    if raw is None:
        return None
    return edge.Filter(**{name: [condition(one) for one in conditions] for name, conditions in raw.items()})


def create(name, body):
    vectors = body["vectors"]
    hnsw = body.get("hnsw_config", {})
    config = edge.EdgeConfig(
        vectors=edge.EdgeVectorParams(size=vectors["size"], distance=getattr(edge.Distance, vectors["distance"])),
        hnsw_config=edge.HnswIndexConfig(m=hnsw.get("m", 16), ef_construct=100, full_scan_threshold=10, payload_m=hnsw.get("payload_m")),
    )
    os.makedirs(os.path.join(ROOT, name))
    SHARDS[name] = edge.EdgeShard.create(os.path.join(ROOT, name), config)
    return True


def index(shard, body):
    schema = body["field_schema"]
    kind = schema if isinstance(schema, str) else schema["type"]
    if kind == "keyword":
        params = edge.KeywordIndexParams(is_tenant=isinstance(schema, dict) and schema.get("is_tenant"))
    else:
        params = edge.IntegerIndexParams(lookup=True, range=True)
    shard.update(edge.UpdateOperation.create_field_index(body["field_name"], params))
    return DONE


def upsert(shard, body):
    points = [edge.Point(id=UUID(one["id"]), vector=one["vector"], payload=one["payload"]) for one in body["points"]]
    shard.update(edge.UpdateOperation.upsert_points(points))
    return DONE


def query(shard, body):
    found = shard.query(
        edge.QueryRequest(
            limit=body["limit"], query=edge.Query.Nearest(body["query"]), filter=filter_of(body), with_payload=True
        )
    )
    return {"points": [{"id": str(one.id), "version": 0, "score": one.score, "payload": one.payload} for one in found]}


def answer(method, path, body):
    if (method, path) == ("GET", "/"):
        return {"title": "qdrant - vector search engine", "version": "edge", "commit": ""}
    if (method, path) == ("GET", "/collections"):
        return {"collections": [{"name": name} for name in SHARDS]}
    parts = path.split("/")[2:]
    name, rest = parts[0], "/".join(parts[1:])
    if (method, rest) == ("GET", "exists"):
        return {"exists": name in SHARDS}
    if (method, rest) == ("PUT", ""):
        return create(name, body)
    shard = SHARDS[name]
    if (method, rest) == ("DELETE", ""):
        SHARDS.pop(name).close()
        shutil.rmtree(os.path.join(ROOT, name))
        return True
    if (method, rest) == ("PUT", "index"):
        return index(shard, body)
    if (method, rest) == ("PUT", "points"):
        return upsert(shard, body)
    if (method, rest) == ("POST", "points/query"):
        return query(shard, body)
    if (method, rest) == ("POST", "points/count"):
        return {"count": shard.count(edge.CountRequest(exact=True, filter=filter_of(body)))}
    if (method, rest) == ("POST", "points/delete"):
        shard.update(edge.UpdateOperation.delete_points_by_filter(filter_of(body)))
        return DONE
    raise KeyError(path)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body in one packet: two would wait for each other.
    wbufsize = -1
    disable_nagle_algorithm = True

    def handle_any(self):
        length = int(self.headers.get("content-length", 0))
        text = self.rfile.read(length)
        path = urlsplit(self.path).path
        try:
            with LOCK:
                result = answer(self.command, path, json.loads(text) if text else {})
            status, said = 200, result if path == "/" else {"result": result, "status": "ok", "time": 0}
        except KeyError as error:
            status, said = 404, {"status": {"error": f"not found: {error}"}, "time": 0}
        except Exception as error:
            status, said = 400, {"status": {"error": str(error)}, "time": 0}
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_POST = do_DELETE = handle_any

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Handler)
server.serve_forever()
