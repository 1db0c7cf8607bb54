"""A small web app for containers that have Python: says what it was asked, counts what it is sent, echoes over a
WebSocket, and fills its memory at /fill."""

import base64
import hashlib
import http.server
import struct

ACCEPT_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3


class App(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.headers.get("Upgrade", "").lower() == "websocket":
            self.echo()
        elif self.path == "/fill":
            bytearray(b"x") * 10**9
        else:
            self.answer(f"web app at {self.path}, asked for {self.headers['Host']}")

    def do_POST(self):
        self.answer(str(len(self.rfile.read(int(self.headers["Content-Length"])))))

    do_HEAD = do_GET

    def answer(self, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def echo(self):
        key = self.headers["Sec-WebSocket-Key"].encode()
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        accept = base64.b64encode(hashlib.sha1(key + ACCEPT_GUID).digest()).decode()
        self.send_header("Sec-WebSocket-Accept", accept)
        self.end_headers()
        self.close_connection = True
        while True:
            first, size = self.rfile.read(2)
            size &= 0x7F
            if size == 126:
                (size,) = struct.unpack(">H", self.rfile.read(2))
            mask = self.rfile.read(4)
            data = bytes(byte ^ mask[at % 4] for at, byte in enumerate(self.rfile.read(size)))
            head = bytes([first, size]) if size < 126 else struct.pack(">BBH", first, 126, size)
            self.wfile.write(head + data)
            if first & 0x0F == 8:
                return


http.server.ThreadingHTTPServer(("", 8000), App).serve_forever()
