"""A gRPC face for the simulator's REST one, so that the official client, which
speaks gRPC only, can be run against it.

Every request is turned into the REST call that the API documents for it. Every
answer is parsed into the client's own messages, strictly: a field that the
messages do not have, or a value of the wrong type, is an error. A refusal
becomes the status and the trailers that the gRPC endpoint sends.
"""

import datetime
import importlib
import ipaddress
import json
import os
import re
import tempfile
import urllib.error
import urllib.request
from concurrent import futures

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from google.protobuf import json_format

CODES = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    409: grpc.StatusCode.ABORTED,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
    500: grpc.StatusCode.INTERNAL,
    503: grpc.StatusCode.UNAVAILABLE,
}


class Refused(Exception):
    def __init__(self, status, error, request_id):
        super().__init__(f"{status} {json.dumps(error)[:400]}")
        self.status, self.error, self.request_id = status, error, request_id


def collection(rpc):
    """MutateCampaignCriteria -> campaignCriteria"""
    name = rpc.removeprefix("Mutate")
    return name[0].lower() + name[1:]


def rest(service, rpc, request):
    """The verb, path and body of a call; the body is camelCase JSON."""
    body = json_format.MessageToDict(request)
    cid = body.pop("customerId", "")
    if service == "GoogleAdsService":
        verb = {"Search": "search", "SearchStream": "searchStream", "Mutate": "mutate"}[rpc]
        return "POST", f"customers/{cid}/googleAds:{verb}", body
    if rpc == "ListAccessibleCustomers":
        return "GET", "customers:listAccessibleCustomers", None
    if rpc == "GetGoogleAdsField":
        return "GET", body["resourceName"], None
    if rpc == "SearchGoogleAdsFields":
        return "POST", "googleAdsFields:search", body
    if rpc == "SuggestGeoTargetConstants":
        return "POST", "geoTargetConstants:suggest", body
    if rpc == "CreateCustomerClient":
        return "POST", f"customers/{cid}:createCustomerClient", body
    if rpc == "MutateCustomer":
        return "POST", f"customers/{cid}:mutate", body
    return "POST", f"customers/{cid}/{collection(rpc)}:mutate", body


class Bridge(grpc.GenericRpcHandler):
    def __init__(self, url):
        self.url = url
        self.calls = []

    def service(self, details):
        m = re.fullmatch(r"/google\.ads\.googleads\.(v\d+)\.services\.(\w+)/(\w+)", details.method)
        if not m:
            return None
        version, service, rpc = m.groups()
        types = importlib.import_module(f"google.ads.googleads.{version}.services.types")
        request, answer = self.messages(types, service, rpc)

        def unary(req, context):
            text, request_id = self.run(version, service, rpc, req, context)
            context.set_trailing_metadata((("request-id", request_id),))
            return json_format.Parse(text, answer())

        def stream(req, context):
            text, request_id = self.run(version, service, rpc, req, context)
            context.set_trailing_metadata((("request-id", request_id),))
            for element in json.loads(text):
                yield json_format.ParseDict(element, answer())

        serialize = lambda message: message.SerializeToString()
        if rpc == "SearchStream":
            return grpc.unary_stream_rpc_method_handler(stream, request.FromString, serialize)
        return grpc.unary_unary_rpc_method_handler(unary, request.FromString, serialize)

    def messages(self, types, service, rpc):
        name = {
            ("GoogleAdsService", "Search"): ("SearchGoogleAdsRequest", "SearchGoogleAdsResponse"),
            ("GoogleAdsService", "SearchStream"): ("SearchGoogleAdsStreamRequest", "SearchGoogleAdsStreamResponse"),
            ("GoogleAdsService", "Mutate"): ("MutateGoogleAdsRequest", "MutateGoogleAdsResponse"),
        }.get((service, rpc), (rpc + "Request", rpc + "Response"))
        request = getattr(types, name[0]).pb()
        if rpc == "GetGoogleAdsField":
            resources = importlib.import_module(types.__name__.replace("services", "resources"))
            return request, resources.GoogleAdsField.pb()
        return request, getattr(types, name[1]).pb()

    def run(self, version, service, rpc, request, context):
        try:
            text, request_id = self.call(version, service, rpc, request, dict(context.invocation_metadata()))
        except Refused as e:
            self.abort(version, e, context)
        return text, request_id

    def call(self, version, service, rpc, request, metadata):
        verb, path, body = rest(service, rpc, request)
        self.calls.append(f"{service}.{rpc}")
        data = None if body is None else json.dumps(body).encode()
        req = urllib.request.Request(f"{self.url}/{version}/{path}", data=data, method=verb)
        for k in ("authorization", "login-customer-id", "developer-token"):
            if k in metadata:
                req.add_header(k, metadata[k])
        if data is not None:
            req.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(req) as r:
                return r.read().decode(), r.headers["request-id"]
        except urllib.error.HTTPError as e:
            answer = json.loads(e.read())
            if isinstance(answer, list):
                answer = answer[0]
            raise Refused(e.code, answer["error"], e.headers["request-id"]) from None

    def abort(self, version, e, context):
        trailers = [("request-id", e.request_id)]
        for detail in e.error.get("details", []):
            kind = detail.pop("@type")
            if kind.endswith("GoogleAdsFailure"):
                assert kind == f"type.googleapis.com/google.ads.googleads.{version}.errors.GoogleAdsFailure", kind
                errors = importlib.import_module(f"google.ads.googleads.{version}.errors.types.errors")
                failure = json_format.ParseDict(detail, errors.GoogleAdsFailure.pb()())
                trailers.append((f"google.ads.googleads.{version}.errors.googleadsfailure-bin", failure.SerializeToString()))
        context.set_trailing_metadata(tuple(trailers))
        context.abort(CODES[e.status], e.error["message"])


def certificate():
    """A key and a self-signed certificate for localhost, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    return (
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        cert.public_bytes(serialization.Encoding.PEM),
    )


def start(url):
    """Starts the bridge on a free port; the client must be imported afterwards
    for it to trust the certificate. Returns the endpoint and the bridge."""
    key, cert = certificate()
    with tempfile.NamedTemporaryFile("wb", suffix=".pem", delete=False) as f:
        f.write(cert)
    os.environ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = f.name
    bridge = Bridge(url)
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8), options=[("grpc.max_metadata_size", 1 << 20)])
    server.add_generic_rpc_handlers((bridge,))
    port = server.add_secure_port("localhost:0", grpc.ssl_server_credentials([(key, cert)]))
    server.start()
    bridge.server, bridge.roots = server, f.name
    return f"localhost:{port}", bridge


if __name__ == "__main__":  # for clients in other languages: serves until standard input ends
    import sys

    where, tunnel = start(os.environ["SIM_URL"])
    print(json.dumps({"endpoint": where, "roots": tunnel.roots}), flush=True)
    sys.stdin.read()
    tunnel.server.stop(0)
    os.unlink(tunnel.roots)
